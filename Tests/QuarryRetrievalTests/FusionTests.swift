import QuarryCore
import QuarryRetrieval
import Testing

private func hits(_ pairs: [(Int64, Float)]) -> [ScoredID] { pairs.map { ScoredID(id: ChunkID($0.0), score: $0.1) } }

@Suite struct FusionTests {
    let legs: [Leg: [ScoredID]] = [
        .vector: hits([(1, 0.9), (2, 0.8), (3, 0.5)]), .bm25: hits([(3, 12), (1, 6), (4, 3)]),
    ]

    @Test func `reciprocal rank fusion scores 61 over 60 plus rank, averaged`() throws {
        let fused = Fusion.reciprocalRank(k: 60).fuse(legs, limit: 10)
        #expect(fused.map(\.id.rawValue) == [1, 3, 2, 4])
        let expected = [(1 + 61.0 / 62) / 2, (61.0 / 63 + 1) / 2, 61.0 / 62 / 2, 61.0 / 63 / 2]
        for (hit, score) in zip(fused, expected) { #expect(abs(hit.score - score) < 1e-12) }
        #expect(fused[0].legs == [.vector: .init(rank: 1, score: Double(Float(0.9))), .bm25: .init(rank: 2, score: 6)])
        #expect(fused[3].legs == [.bm25: .init(rank: 3, score: 3)])
    }

    @Test func `first in every leg scores 1`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse([.vector: hits([(5, 1)]), .bm25: hits([(5, 1)])], limit: 1)
        #expect(fused.first?.score == 1)
    }

    @Test func `a convex combination gives what a leg did not find its lowest score`() {
        let fused = Fusion.convex(alpha: 0.5, normalization: .minMax).fuse(legs, limit: 10)
        // vector: 1, 0.75, 0, lowest 0; BM25: 1/3, lowest 0, 1, 0.
        let expected: [(Int64, Double)] = [(1, (1 + 1.0 / 3) / 2), (3, 0.5), (2, 0.375), (4, 0)]
        #expect(fused.map(\.id.rawValue) == expected.map(\.0))
        for (hit, (_, score)) in zip(fused, expected) { #expect(abs(hit.score - score) < 1e-6) }
    }

    @Test func `the theoretical minimum of a cosine is −1, of BM25 0`() {
        let fused = Fusion.convex(alpha: 0.25, normalization: .theoreticalMinimum).fuse(legs, limit: 10)
        let scores = Dictionary(uniqueKeysWithValues: fused.map { ($0.id.rawValue, $0.score) })
        let expected: [Int64: Double] = [
            1: 0.25 * 1 + 0.75 * 0.5, 2: 0.25 * 1.8 / 1.9 + 0.75 * 0.25, 3: 0.25 * 1.5 / 1.9 + 0.75 * 1,
            4: 0.25 * 1.5 / 1.9 + 0.75 * 0.25,
        ]
        for (id, score) in expected { #expect(abs((scores[id] ?? -1) - score) < 1e-6) }
    }

    @Test func `z-scores have mean 0 in each leg`() {
        let fused = Fusion.convex(alpha: 1, normalization: .zScore).fuse(legs, limit: 10)
        let found = fused.filter { $0.legs[.vector] != nil }
        #expect(abs(found.reduce(0) { $0 + $1.score }) < 1e-6)
        #expect(found.map(\.id.rawValue) == [1, 2, 3])
    }

    @Test(arguments: [
        Fusion.reciprocalRank(k: 60), .convex(alpha: 1, normalization: .minMax),
        .convex(alpha: 0.3, normalization: .theoreticalMinimum), .convex(alpha: 0.5, normalization: .zScore),
    ])
    func `a leg alone keeps its order, and nothing stays nothing`(fusion: Fusion) {
        let order = hits([(9, 3), (4, 2), (2, 2), (7, 1)])
        #expect(fusion.fuse([.bm25: order, .vector: []], limit: 10).map(\.id) == order.map(\.id))
        #expect(fusion.fuse([.vector: order], limit: 2).map(\.id) == order.prefix(2).map(\.id))
        #expect(fusion.fuse([:], limit: 10) == [])
        #expect(fusion.fuse([.vector: []], limit: 10) == [])
        #expect(fusion.fuse(legs, limit: 0) == [])
    }

    @Test func `equal scores go by id`() {
        let fused = Fusion.reciprocalRank(k: 60).fuse(
            [.vector: hits([(8, 1), (3, 0.5)]), .bm25: hits([(3, 9), (8, 1)])], limit: 2)
        #expect(fused.map(\.id.rawValue) == [3, 8])
        #expect(fused[0].score == fused[1].score)
    }

    @Test func `equal scores in one leg do not divide by 0`() {
        let equal = hits([(1, 2), (2, 2)])
        for normalization in Fusion.Normalization.allCases {
            let fused = Fusion.convex(alpha: 0.5, normalization: normalization).fuse(
                [.vector: equal, .bm25: equal], limit: 5)
            #expect(fused.allSatisfy { $0.score.isFinite })
        }
    }
}

@Suite struct LegWarningTests {
    @Test func `a leg that found nothing is named with the query's script`() {
        let warnings = LegWarning.warnings(scripts: ["Cyrillic"], hits: [.bm25: 0, .vector: 8])
        #expect(
            warnings.map(\.description) == [
                "The word search (BM25) found nothing for this Cyrillic query: no indexed word matches. "
                    + "Hits come from the vector search alone. Ask in the language of the documents to use both."
            ])
    }

    @Test func `legs that found something, or were not asked, are passed over`() {
        #expect(LegWarning.warnings(scripts: ["Latin"], hits: [.bm25: 3, .vector: 1]) == [])
        #expect(LegWarning.warnings(scripts: ["Latin"], hits: [.bm25: 3]) == [])
        #expect(
            LegWarning.warnings(scripts: [], hits: [.bm25: 0, .vector: 0]).map(\.leg) == [.bm25, .vector])
    }
}
