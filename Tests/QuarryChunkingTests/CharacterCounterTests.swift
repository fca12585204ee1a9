import QuarryChunking
import QuarryCore
import QuarryTestSupport
import Testing

@Suite struct CharacterCounterTests {
    @Test(arguments: [("", 0), ("one two", 7), ("Камень\r\n", 8), ("石英砂岩", 4), ("e\u{301}", 2), ("𠮷", 1)])
    func `each Unicode scalar counts as one`(text: String, count: Int) {
        #expect(CharacterCounter().tokenCount(of: text) == count)
        #expect(text.unicodeScalars.count == count)
    }

    /// Running sums measure the counter of characters. A counter of one's own that says the same is asked for each chunk,
    /// and the sum of its words lacks the white space.
    @Test(arguments: 0..<24)
    func `chunks measured by characters are within the limit, and not more than with a counter of one's own`(
        seed: UInt64
    ) throws {
        var generator = TextGenerator(random: SeededGenerator(seed: seed))
        let title = seed.isMultiple(of: 2) ? "A title" : nil
        let document = Document(id: "d", title: title, text: generator.text(words: 400))
        let length = ChunkLength(target: 120, maximum: 120)
        let chunks = try FixedChunker(length: length, counter: CharacterCounter()).chunks(of: document)
        let others = try FixedChunker(length: length, counter: ScalarCounter()).chunks(of: document)
        #expect(chunks.allSatisfy { $0.tokenCount == $0.contextualText.unicodeScalars.count && $0.tokenCount <= 120 })
        #expect(!chunks.isEmpty && chunks.count <= others.count)
    }
}

private struct ScalarCounter: TokenCounter {
    func tokenCount(of text: String) -> Int { text.unicodeScalars.count }
}
