import QuarryCore
import QuarryRetrieval
import Testing

struct NeighbourMergingTests {
    private static let text = "Alpha one.\n\nBeta two.\n\nGamma three.\n\nDelta four."
    private static let ranges = [0..<10, 12..<21, 23..<35, 37..<48]

    private func hit(_ ordinal: Int, score: Double, document: String = "d", tokens: Int = 3) -> ScoredChunk {
        let range = Self.ranges[ordinal]
        return ScoredChunk(
            id: ChunkID(Int64(ordinal + 1)),
            passage: Passage(
                chunk: Chunk(
                    documentID: document, ordinal: ordinal, range: range,
                    text: String(decoding: Array(Self.text.utf8)[range], as: UTF8.self),
                    headings: ["Top", "Part \(ordinal)"], tokenCount: tokens),
                separator: "\n\n", source: document,
                sourceMap: SourceMap(identityOf: Self.text).slice(range.lowerBound..<range.upperBound + 2)),
            score: score, legs: [.bm25: LegScore(rank: ordinal + 1, score: score)])
    }

    @Test func `neighbours become one range of the document`() {
        let merged = mergeNeighbours([hit(2, score: 0.9), hit(0, score: 0.5), hit(1, score: 0.4)])
        #expect(merged.count == 1)
        #expect(merged[0].chunk.text == "Alpha one.\n\nBeta two.\n\nGamma three.")
        #expect(merged[0].chunk.range == 0..<35)
        #expect(merged[0].location.lines == 1...5 && merged[0].location.bytes == 0..<35)
        #expect(merged[0].location(of: 8..<21).lines == 1...3 && merged[0].location(of: 12..<16).bytes == 12..<16)
        #expect(merged[0].score == 0.9)
        #expect(merged[0].chunk.headings == ["Top"])
        #expect(merged[0].legs[.bm25]?.rank == 1)
    }

    @Test func `hits that are apart or in different documents are not joined`() {
        let hits = [hit(0, score: 0.9), hit(2, score: 0.8), hit(1, score: 0.7, document: "e")]
        #expect(mergeNeighbours(hits) == hits)
    }

    @Test func `a passage never exceeds its limit`() {
        let hits = (0..<4).map { hit($0, score: 1 - Double($0) / 10, tokens: 500) }
        let merged = mergeNeighbours(hits, maximumTokens: 1_000)
        #expect(merged.map(\.chunk.tokenCount) == [1_000, 1_000])
    }
}
