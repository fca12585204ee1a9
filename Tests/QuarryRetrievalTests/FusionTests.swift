import QuarryCore
import QuarryRetrieval
import Testing

struct FusionTests {
    private func hits(_ pairs: [(Int64, Float)]) -> [ScoredID] {
        pairs.map { ScoredID(id: ChunkID($0.0), score: $0.1) }
    }

    @Test func `reciprocal ranks add up as the paper has it`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse(
            [.vector: hits([(1, 0.9), (2, 0.8)]), .bm25: hits([(2, 7), (3, 5)])], limit: 10)
        #expect(fused.map(\.id.rawValue) == [2, 1, 3])
        #expect(abs(fused[0].score - 30.5 * (1 / 62.0 + 1 / 61.0)) < 1e-12)
        #expect(abs(fused[1].score - 30.5 / 61) < 1e-12)
        #expect(
            fused[0].legs == [
                .vector: LegScore(rank: 2, score: Double(Float(0.8))), .bm25: LegScore(rank: 1, score: 7),
            ])
    }

    @Test func `a chunk that every leg puts first scores one`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse([.vector: hits([(5, 0.9)]), .bm25: hits([(5, 7)])], limit: 1)
        #expect(abs(fused[0].score - 1) < 1e-12)
    }

    @Test(arguments: [
        Fusion.reciprocalRank(k: 60), .convex(alpha: 0.3, normalization: .minMax),
        .convex(alpha: 0.3, normalization: .theoreticalMinimum), .convex(alpha: 0.3, normalization: .zScore),
    ])
    func `an empty leg leaves the other's order as it is`(fusion: Fusion) {
        let order: [(Int64, Float)] = [(9, 0.9), (4, 0.5), (7, 0.1)]
        #expect(fusion.fuse([.vector: hits(order), .bm25: []], limit: 10).map(\.id.rawValue) == [9, 4, 7])
        #expect(fusion.fuse([:], limit: 10).isEmpty)
    }

    @Test func `a convex combination weighs normalised scores`() {
        let legs: [Leg: [ScoredID]] = [.vector: hits([(1, 0.75), (2, 0.5)]), .bm25: hits([(2, 8), (1, 4)])]
        let fused = Fusion.convex(alpha: 0.25, normalization: .theoreticalMinimum).fuse(legs, limit: 10)
        #expect(fused.map(\.id.rawValue) == [2, 1])
        #expect(abs(fused[0].score - (0.25 * 1.5 / 1.75 + 0.75)) < 1e-9)
        #expect(abs(fused[1].score - (0.25 + 0.75 * 0.5)) < 1e-9)
    }

    @Test func `of equal scores each is the leg's highest`() {
        let fusion = Fusion.convex(alpha: 0.75, normalization: .minMax)
        #expect(fusion.fuse([.bm25: hits([(4, 2.5)])], limit: 5).map(\.score) == [1])
        #expect(fusion.fuse([.vector: hits([(4, 0.3), (9, 0.3)]), .bm25: []], limit: 5).map(\.score) == [1, 1])
        let both = fusion.fuse([.vector: hits([(1, 0.9), (2, 0.5)]), .bm25: hits([(2, 3)])], limit: 5)
        #expect(both.map(\.id.rawValue) == [1, 2])
        #expect(both.map(\.score) == [0.75, 0.25])
        let known = fusion.fuse(
            [.vector: hits([(1, 0.9), (2, 0.5)]), .bm25: hits([(2, 3)])],
            scoresOfOthers: [.bm25: hits([(1, 3)])], limit: 5)
        #expect(known.map(\.score) == [1, 0.25])
    }

    @Test func `ties go to the lower id`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse([.vector: hits([(8, 1)]), .bm25: hits([(3, 1)])], limit: 2)
        #expect(fused.map(\.id.rawValue) == [3, 8])
    }
}
