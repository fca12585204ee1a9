import QuarryChunking
import QuarryCore
import QuarryTestSupport
import QuarryTesting
import Testing

private let counters: [any TokenCounter] = [
    WordCounter(), CharacterCounter(), QuarterByteCounter(), ByteCounter(), BlindCounter(),
]

private func chunkers(_ length: ChunkLength, _ counter: any TokenCounter) throws -> [any Chunker] {
    [
        try RecursiveChunker(length: length, counter: counter), try MarkdownChunker(length: length, counter: counter),
        try SentenceChunker(length: length, counter: counter), try FixedChunker(length: length, counter: counter),
        try SemanticChunker(length: length, counter: counter, embedder: LetterEmbedder()),
    ]
}

private func isWhiteSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { $0.properties.isWhitespace }
}

@Suite struct ChunkRangePropertyTests {
    @Test(arguments: 0..<36)
    func `chunks equal their ranges, in order, and omit only white space`(seed: UInt64) async throws {
        var generator = TextGenerator(random: SeededGenerator(seed: seed))
        let text = generator.text(words: Int.random(in: 0...400, using: &generator.random))
        let document = Document(
            id: "d\(seed)", text: text, blocks: seed.isMultiple(of: 2) ? generator.blocks(for: text) : [])
        let target = [8, 20, 60, 300][Int(seed % 4)]
        let overlap = seed % 3 == 0 ? target / 4 : 0
        let length = ChunkLength(target: target, maximum: target * 4 / 3, overlap: overlap)
        let bytes = Array(text.utf8)
        for counter in counters {
            for chunker in try chunkers(length, counter) {
                let chunks = try await chunker.chunks(of: document)
                var end = 0
                var start = -1
                for (ordinal, chunk) in chunks.enumerated() {
                    #expect(chunk.ordinal == ordinal)
                    #expect(chunk.documentID == document.id)
                    #expect(String(validating: bytes[chunk.range], as: UTF8.self) == chunk.text)
                    #expect(chunk.range.lowerBound > start)
                    #expect(chunk.range.upperBound > end)
                    if overlap == 0 { #expect(chunk.range.lowerBound >= end) }
                    if chunk.range.lowerBound > end { #expect(isWhiteSpace(bytes[end..<chunk.range.lowerBound])) }
                    #expect(chunk.text.unicodeScalars.first?.properties.isWhitespace == false)
                    #expect(chunk.text.unicodeScalars.last?.properties.isWhitespace == false)
                    #expect(chunk.tokenCount == counter.tokenCount(of: chunk.contextualText))
                    #expect(chunk.tokenCount <= length.maximum || chunk.text.unicodeScalars.count == 1)
                    (start, end) = (chunk.range.lowerBound, chunk.range.upperBound)
                }
                #expect(isWhiteSpace(bytes[end...]))
            }
        }
    }

    @Test(arguments: ["", " ", "\n\n\t \n", "\u{A0}\u{2003}\u{3000}\u{2029}"])
    func `a text without a word gives no chunk`(text: String) async throws {
        for chunker in try chunkers(ChunkLength(), WordCounter()) {
            #expect(try await chunker.chunks(of: Document(id: "empty", text: text)) == [])
        }
    }

    @Test(arguments: 0..<20)
    func `a document without blocks is cut the same by structure and by text`(seed: UInt64) throws {
        var generator = TextGenerator(random: SeededGenerator(seed: 1_000 + seed))
        let document = Document(id: "plain", text: generator.text(words: 500))
        let length = ChunkLength(target: 40, maximum: 60, overlap: Int(seed % 2) * 10)
        let recursive = try RecursiveChunker(length: length, counter: WordCounter())
        let markdown = try MarkdownChunker(length: length, counter: WordCounter())
        #expect(recursive.chunks(of: document) == markdown.chunks(of: document))
    }

    @Test func `one word of a megabyte is cut into chunks of bounded size`() throws {
        for text in [String(repeating: "x", count: 1 << 20), String(repeating: "石", count: 1 << 18)] {
            for counter in counters {
                let chunks = try RecursiveChunker(counter: counter).chunks(of: Document(id: "giant", text: text))
                #expect(chunks.map(\.text).joined() == text)
                #expect(chunks.count > 1)
                #expect(chunks.allSatisfy { $0.tokenCount <= 400 && $0.range.count <= 400 * 64 })
            }
        }
    }
}
