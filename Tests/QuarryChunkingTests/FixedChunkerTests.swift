import QuarryChunking
import QuarryCore
import Testing

@Suite struct FixedChunkerTests {
    private let text = (0..<100).map { "w\($0)" }.joined(separator: " ")

    private func chunks(_ length: ChunkLength, title: String? = nil) throws -> [Chunk] {
        try FixedChunker(length: length, counter: WordCounter())
            .chunks(of: Document(id: "d", title: title, text: text))
    }

    @Test func `windows have the target length, whatever the text`() throws {
        let chunks = try chunks(ChunkLength(target: 30, maximum: 30))
        #expect(chunks.map(\.tokenCount) == [30, 30, 30, 10])
        #expect(chunks[1].text.hasPrefix("w30 w31 "))
    }

    @Test func `a window repeats the last words of the previous one`() throws {
        let chunks = try chunks(ChunkLength(target: 30, maximum: 30, overlap: 10))
        #expect(chunks.map(\.tokenCount) == [30, 30, 30, 30, 20])
        #expect(chunks[1].text.hasPrefix("w20 w21 ") && chunks[1].text.hasSuffix(" w49"))
    }

    @Test func `the title of the document is part of the length`() throws {
        let chunks = try chunks(ChunkLength(target: 30, maximum: 30), title: "Two words")
        #expect(chunks.map(\.tokenCount) == [30, 30, 30, 18])
        #expect(chunks.allSatisfy { $0.headings == ["Two words"] })
    }

    @Test func `a short last window joins the previous one`() throws {
        #expect(try chunks(ChunkLength(target: 33, maximum: 40)).map(\.tokenCount) == [33, 33, 34])
    }
}
