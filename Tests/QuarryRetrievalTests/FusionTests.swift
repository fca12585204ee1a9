import QuarryCore
import QuarryRetrieval
import Testing

struct FusionTests {
    private func hits(_ pairs: [(Int64, Float)]) -> [ScoredID] {
        pairs.map { ScoredID(id: ChunkID($0.0), score: $0.1) }
    }

    private func results(_ hits: [LegName: [ScoredID]], others: [LegName: [ScoredID]] = [:]) -> [LegResult] {
        hits.map { LegResult($0, scoreFloor: $0 == .vector ? -1 : 0, hits: $1, others: others[$0]) }
    }

    @Test func `reciprocal ranks are summed as in the paper`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse(
            results([.vector: hits([(1, 0.9), (2, 0.8)]), .bm25: hits([(2, 7), (3, 5)])]), limit: 10)
        #expect(fused.map(\.id.rawValue) == [2, 1, 3])
        #expect(abs(fused[0].score - 30.5 * (1 / 62.0 + 1 / 61.0)) < 1e-12)
        #expect(abs(fused[1].score - 30.5 / 61) < 1e-12)
        #expect(
            fused[0].legs == [
                .vector: LegScore(rank: 2, score: Double(Float(0.8))), .bm25: LegScore(rank: 1, score: 7),
            ])
    }

    @Test func `a chunk that a leg cannot score is judged by the other legs alone`() {
        let words = hits([(1, 7), (2, 5)])
        let vectors = hits([(3, 0.9), (4, 0.8)])
        // The vector leg has a score for chunk 2 and no vector of chunk 1.
        let known = results(
            [.bm25: words, .vector: vectors],
            others: [.bm25: hits([(3, 0), (4, 0)]), .vector: hits([(2, 0.1)])])
        let fused = Fusion.reciprocalRank(k: 60).fuse(known, limit: 10)
        #expect(fused.map(\.id.rawValue) == [1, 3, 2, 4])
        #expect(fused[0].score == 1 && fused[0].legs[.vector] == nil)
        #expect(fused[2].legs[.vector] == LegScore(rank: nil, score: Double(Float(0.1))))
    }

    @Test func `a chunk that is first in every leg scores one`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse(
            results([.vector: hits([(5, 0.9)]), .bm25: hits([(5, 7)])]), limit: 1)
        #expect(abs(fused[0].score - 1) < 1e-12)
    }

    @Test(arguments: [
        Fusion.reciprocalRank(k: 60), .convex(alpha: 0.3, normalization: .minMax),
        .convex(alpha: 0.3, normalization: .theoreticalMinimum), .convex(alpha: 0.3, normalization: .zScore),
    ])
    func `an empty leg does not change the other's order`(fusion: Fusion) {
        let order: [(Int64, Float)] = [(9, 0.9), (4, 0.5), (7, 0.1)]
        #expect(fusion.fuse(results([.vector: hits(order), .bm25: []]), limit: 10).map(\.id.rawValue) == [9, 4, 7])
        #expect(fusion.fuse([], limit: 10).isEmpty)
    }

    @Test func `a convex combination weighs normalised scores`() {
        let legs: [LegName: [ScoredID]] = [.vector: hits([(1, 0.75), (2, 0.5)]), .bm25: hits([(2, 8), (1, 4)])]
        let fused = Fusion.convex(alpha: 0.25, normalization: .theoreticalMinimum).fuse(results(legs), limit: 10)
        #expect(fused.map(\.id.rawValue) == [2, 1])
        #expect(abs(fused[0].score - (0.25 * 1.5 / 1.75 + 0.75)) < 1e-9)
        #expect(abs(fused[1].score - (0.25 + 0.75 * 0.5)) < 1e-9)
    }

    @Test func `equal scores all count as the leg's highest`() {
        let fusion = Fusion.convex(alpha: 0.75, normalization: .minMax)
        #expect(fusion.fuse(results([.bm25: hits([(4, 2.5)])]), limit: 5).map(\.score) == [1])
        #expect(
            fusion.fuse(results([.vector: hits([(4, 0.3), (9, 0.3)]), .bm25: []]), limit: 5).map(\.score) == [1, 1])
        let both = fusion.fuse(
            results([.vector: hits([(1, 0.9), (2, 0.5)]), .bm25: hits([(2, 3)])], others: [.bm25: hits([(1, 0)])]),
            limit: 5)
        #expect(both.map(\.id.rawValue) == [1, 2])
        #expect(both.map(\.score) == [0.75, 0.25])
        let known = fusion.fuse(
            results([.vector: hits([(1, 0.9), (2, 0.5)]), .bm25: hits([(2, 3)])], others: [.bm25: hits([(1, 3)])]),
            limit: 5)
        #expect(known.map(\.score) == [1, 0.25])
    }

    @Test func `a chunk without a vector is judged by its words, not taken for a distant one`() {
        let fusion = Fusion.convex(alpha: 0.75, normalization: .theoreticalMinimum)
        let legs: [LegName: [ScoredID]] = [.vector: hits([(1, 1), (2, 0)]), .bm25: hits([(3, 8), (1, 4)])]
        let unknown = fusion.fuse(results(legs, others: [.bm25: hits([(2, 0)])]), limit: 3)
        #expect(unknown.map(\.id.rawValue) == [3, 1, 2] && unknown[0].score == 1)
        let distant = fusion.fuse(
            results(legs, others: [.bm25: hits([(2, 0)]), .vector: hits([(3, -1)])]), limit: 3)
        #expect(distant.map(\.id.rawValue) == [1, 2, 3] && distant[2].score == 0.25)
    }

    @Test func `any number of legs can be weighted by name`() {
        let fusion = Fusion.convex(
            weights: [.vector: 1, .bm25: 1, "tags": 2], normalization: .theoreticalMinimum)
        let legs: [LegName: [ScoredID]] = [
            .vector: hits([(1, 1)]), .bm25: hits([(2, 4)]), "tags": hits([(3, 1)]),
        ]
        let others: [LegName: [ScoredID]] = [
            .vector: hits([(2, -1), (3, -1)]), .bm25: hits([(1, 0), (3, 0)]), "tags": hits([(1, 0), (2, 0)]),
        ]
        let fused = fusion.fuse(results(legs, others: others), limit: 3)
        #expect(fused.map(\.id.rawValue) == [3, 1, 2] && fused.map(\.score) == [0.5, 0.25, 0.25])
    }

    @Test func `a leg that finds one chunk by a rare word does not decide alone`() {
        let vectors = (1...100).map { (Int64($0), 1 - Float($0 * $0) / 10_000) }
        let legs = results(
            [.vector: hits(vectors), .bm25: hits([(100, 9)])],
            others: [.bm25: hits((1...99).map { ($0, 0) })])
        let fused = Fusion.convex(alpha: 0.6, normalization: .zScore).fuse(legs, limit: 100)
        #expect(fused[0].id == ChunkID(1))
        let alone = Fusion.convex(alpha: 0, normalization: .zScore).fuse(legs, limit: 1)
        #expect(alone[0].id == ChunkID(100) && abs(alone[0].score - 4) < 1e-9)
    }

    @Test func `a single hit, or hits with equal z-scores, score 1 and keep their order`() {
        let fusion = Fusion.convex(alpha: 0.6, normalization: .zScore)
        #expect(fusion.fuse(results([.bm25: hits([(4, 2.5)])]), limit: 5).map(\.score) == [1])
        let both = fusion.fuse(
            results([.vector: hits([(1, 0.5), (2, 0.5)]), .bm25: hits([(2, 3)])], others: [.bm25: hits([(1, 3)])]),
            limit: 5)
        #expect(both.map(\.score) == [1, 1] && both.map(\.id) == [ChunkID(1), ChunkID(2)])
    }

    @Test func `a chunk without a vector is judged by its z-score of words`() {
        let legs = results(
            [.vector: hits([(1, 0.9), (2, 0.1)]), .bm25: hits([(3, 8), (1, 6), (2, 1)])])
        let fused = Fusion.convex(alpha: 0.6, normalization: .zScore).fuse(legs, limit: 3)
        #expect(fused.map(\.id.rawValue) == [3, 1, 2] && fused[0].legs[.vector] == nil)
    }

    @Test(arguments: ["rrf", "rrf:10.0", "0.6:z", "0.25:minmax", "1.0:theoretical"])
    func `a fusion is written as it is read`(text: String) throws {
        #expect(try #require(Fusion(written: text)).written == text)
    }

    @Test func `the default fusion is the short form with a weight alone`() {
        #expect(Fusion(written: "0.6") == RetrievalOptions.defaultFusion)
        #expect(RetrievalOptions.defaultFusion.written == "0.6:z")
        for text in ["", "rrf:0", "rrf:x", "1.1", "-0.1", "0.5:", "0.5:best", "0.5:z:z", "nan"] {
            #expect(Fusion(written: text) == nil, "\(text)")
        }
    }

    @Test func `a fusion has the same description in every process`() {
        #expect(
            "\(Fusion.convex(alpha: 0.75, normalization: .minMax))"
                == "convex([\"bm25 0.25\", \"vector 0.75\"], minMax)")
    }

    @Test func `ties go to the lower id`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse(
            results([.vector: hits([(8, 1)]), .bm25: hits([(3, 1)])]), limit: 2)
        #expect(fused.map(\.id.rawValue) == [3, 8])
    }
}
