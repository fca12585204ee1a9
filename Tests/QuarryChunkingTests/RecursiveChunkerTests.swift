import QuarryChunking
import QuarryCore
import Testing

private func words(_ count: Int, _ word: String = "stone") -> String {
    Array(repeating: word, count: count).joined(separator: " ")
}

@Suite struct RecursiveChunkerTests {
    let chunker: RecursiveChunker

    init() throws {
        chunker = try RecursiveChunker(length: ChunkLength(target: 30, maximum: 40), counter: WordCounter())
    }

    private func counts(_ text: String) -> [Int] {
        chunker.chunks(of: Document(id: "d", text: text)).map(\.tokenCount)
    }

    @Test func `a document that fits the maximum is one chunk`() {
        #expect(counts("\(words(20))\n\n\(words(20))") == [40])
    }

    @Test func `short paragraphs are merged up to the target`() {
        #expect(counts((0..<6).map { _ in words(10) }.joined(separator: "\n\n")) == [30, 30])
    }

    @Test func `a paragraph between target and maximum stays whole`() {
        #expect(counts("\(words(20))\n\n\(words(38))\n\n\(words(20))") == [20, 38, 20])
    }

    @Test func `a long paragraph is cut at its lines before its words`() {
        #expect(counts("\(words(25))\n\(words(25))\n\(words(25))") == [25, 25, 25])
    }

    @Test func `a long line is cut between sentences`() {
        let sentences = (0..<6).map { "Sentence \($0) \(words(12))." }.joined(separator: " ")
        let chunks = chunker.chunks(of: Document(id: "d", text: sentences))
        #expect(chunks.map(\.tokenCount) == [28, 28, 28])
        #expect(chunks.allSatisfy { $0.text.hasPrefix("Sentence") && $0.text.hasSuffix(".") })
    }

    @Test func `a sentence longer than the maximum is cut between words`() {
        #expect(counts(words(75)) == [30, 30, 15])
    }

    @Test func `a tiny tail joins the previous chunk`() {
        #expect(counts(words(63)) == [30, 33])
        #expect(counts(words(64)) == [30, 30, 4])
    }

    @Test func `a tiny opening takes the first sentences of the next paragraph`() {
        let sentences = (0..<6).map { "Sentence \($0) \(words(8))." }.joined(separator: " ")
        let chunks = chunker.chunks(of: Document(id: "d", text: "Note:\n\n\(sentences)"))
        #expect(chunks.first?.text.hasPrefix("Note:\n\nSentence 0") == true)
    }

    @Test func `an overlap repeats whole sentences`() throws {
        let chunker = try SentenceChunker(
            length: ChunkLength(target: 30, maximum: 40, overlap: 12), counter: WordCounter())
        let text = (0..<9).map { "Sentence \($0) \(words(8))." }.joined(separator: " ")
        let chunks = chunker.chunks(of: Document(id: "d", text: text))
        #expect(chunks.count == 4)
        for (before, after) in zip(chunks, chunks.dropFirst()) {
            #expect(after.range.lowerBound < before.range.upperBound)
            #expect(after.text.hasPrefix("Sentence"))
            #expect(before.range.upperBound - after.range.lowerBound == "Sentence 0 \(words(8)).".utf8.count)
        }
    }

    @Test func `inconsistent lengths are errors with advice`() {
        #expect(throws: ChunkingError.maximumBelowTarget(maximum: 200, target: 300)) {
            try RecursiveChunker(length: ChunkLength(target: 300, maximum: 200), counter: WordCounter())
        }
        #expect(throws: ChunkingError.targetTooSmall(target: 3, minimum: 8)) {
            try SentenceChunker(length: ChunkLength(target: 3, maximum: 9), counter: WordCounter())
        }
        #expect(throws: ChunkingError.overlapNegative(-1)) {
            try MarkdownChunker(length: ChunkLength(overlap: -1), counter: WordCounter())
        }
        let error = #expect(throws: ChunkingError.self) {
            try RecursiveChunker(length: ChunkLength(target: 40, maximum: 40, overlap: 40), counter: WordCounter())
        }
        #expect(
            error?.description
                == "The overlap (40 tokens) must not exceed half of the chunk (40 tokens). "
                + "Reduce the overlap or enlarge the chunk.")
    }
}
