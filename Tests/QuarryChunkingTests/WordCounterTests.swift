import QuarryChunking
import Testing

@Suite struct WordCounterTests {
    @Test(arguments: [
        ("", 0), (" \n", 0), ("one", 1), (" one  two\u{A0}three ", 3), ("Камень лежит", 2), ("石英砂岩", 4),
        ("石英。砂岩", 4), ("GPU用の石", 4), ("これは石", 4), ("a—b", 1), ("𠮷野", 2), ("foo\u{3000}bar", 2), ("한국어 단어", 2),
    ])
    func `each word counts as one, and so does each CJK character`(text: String, count: Int) {
        #expect(WordCounter().tokenCount(of: text) == count)
    }
}
