import QuarryCore
import QuarryRetrieval
import Testing

private let text = "Stone one.\n\nStone two.\n\nStone three. End."

private func hit(
    _ id: Int64, _ range: Range<Int>, ordinal: Int, document: String = "d", score: Double, legs: [Leg: LegScore] = [:]
) -> ScoredChunk {
    ScoredChunk(
        id: ChunkID(id),
        chunk: Chunk(
            documentID: document, ordinal: ordinal, range: range,
            text: String(decoding: Array(text.utf8)[range], as: UTF8.self), headings: ["H\(ordinal)"], tokenCount: 2),
        location: SourceLocation(source: "\(document).md", bytes: range, lines: ordinal + 1...ordinal + 1),
        score: score, legs: legs)
}

private func between(_ document: String, _ range: Range<Int>) -> String? {
    String(decoding: Array(text.utf8)[range], as: UTF8.self)
}

@Suite struct NeighbourMergingTests {
    @Test func `consecutive chunks become the passage that stands in the document`() throws {
        let merged = mergeNeighbours(
            [
                hit(2, 12..<22, ordinal: 1, score: 0.9, legs: [.vector: .init(rank: 1, score: 0.8)]),
                hit(9, 0..<10, ordinal: 0, document: "other", score: 0.7),
                hit(
                    1, 0..<10, ordinal: 0, score: 0.5,
                    legs: [.vector: .init(rank: 4, score: 0.3), .bm25: .init(rank: 2, score: 5)]),
            ], textBetween: between)
        #expect(merged.map(\.id.rawValue) == [2, 9])
        let passage = try #require(merged.first)
        #expect(passage.chunk.text == "Stone one.\n\nStone two.")
        #expect(passage.chunk.range == 0..<22)
        #expect(passage.chunk.headings == ["H0"])
        #expect(passage.chunk.tokenCount == 4)
        #expect(passage.score == 0.9)
        #expect(passage.legs == [.vector: .init(rank: 1, score: 0.8), .bm25: .init(rank: 2, score: 5)])
        #expect(passage.location == SourceLocation(source: "d.md", bytes: 0..<22, lines: 1...2))
    }

    @Test func `chunks that overlap are joined without repeating`() {
        let merged = mergeNeighbours(
            [hit(1, 12..<30, ordinal: 3, score: 1), hit(2, 24..<41, ordinal: 5, score: 0.5)], textBetween: between)
        #expect(merged.map(\.chunk.text) == ["Stone two.\n\nStone three. End."])
    }

    @Test func `a chunk within another adds nothing`() {
        let merged = mergeNeighbours(
            [hit(1, 14..<18, ordinal: 1, score: 1), hit(2, 0..<22, ordinal: 0, score: 0.5)], textBetween: between)
        #expect(merged.map(\.chunk.text) == ["Stone one.\n\nStone two."])
        #expect(merged.map(\.id.rawValue) == [1])
    }

    @Test func `three in a row are one passage, within the limit of tokens`() {
        let hits = [
            hit(3, 24..<41, ordinal: 2, score: 0.9), hit(1, 0..<10, ordinal: 0, score: 0.8),
            hit(2, 12..<22, ordinal: 1, score: 0.7),
        ]
        #expect(mergeNeighbours(hits, textBetween: between).map(\.chunk.text) == [text])
        let limited = mergeNeighbours(hits, maximumTokens: 4, textBetween: between)
        #expect(limited.map(\.chunk.range) == [24..<41, 0..<22])
    }

    @Test func `chunks apart, or whose text between is gone, stay apart`() {
        let apart = [hit(1, 0..<10, ordinal: 0, score: 1), hit(3, 24..<41, ordinal: 2, score: 0.5)]
        #expect(mergeNeighbours(apart, textBetween: between) == apart)
        let neighbours = [hit(1, 0..<10, ordinal: 0, score: 1), hit(2, 12..<22, ordinal: 1, score: 0.5)]
        #expect(mergeNeighbours(neighbours) { _, _ in nil } == neighbours)
    }

    @Test func `a failure to read is passed on`() {
        struct Unreadable: Error {}
        #expect(throws: Unreadable.self) {
            try mergeNeighbours(
                [hit(1, 0..<10, ordinal: 0, score: 1), hit(2, 12..<22, ordinal: 1, score: 0.5)]
            ) { (_: String, _: Range<Int>) throws(Unreadable) -> String? in throw Unreadable() }
        }
    }
}
