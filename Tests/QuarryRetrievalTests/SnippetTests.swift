import QuarryCore
import QuarryRetrieval
import Testing

struct SnippetTests {
    private func snippet(
        _ text: String, _ forms: Set<String>, found: [Range<Int>]? = nil, length: Int = 240
    ) throws -> Snippet {
        var hit = ScoredChunk(
            id: ChunkID(1),
            passage: Passage(
                chunk: Chunk(documentID: "d", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 9),
                language: "en", source: "d"),
            score: 1)
        hit.found = found
        return try #require(Retrieval(hits: [hit], forms: forms).snippets(maximumLength: length).first)
    }

    private func words(_ snippet: Snippet) -> [String] {
        snippet.matches.map { String(decoding: Array(snippet.text.utf8)[$0], as: UTF8.self) }
    }

    private let text = """
        The house stands by the river. Its roof was mended in spring. Nobody lives there in winter, because the stove is broken. \
        The garden is large.
        The keys are with the neighbour, who mends stoves.
        """

    @Test func `the sentences with the question's words are shown whole, in the order of the text`() throws {
        let snippet = try snippet(text, ["roof", "key"], length: 85)
        #expect(snippet.text == "Its roof was mended in spring. … The keys are with the neighbour, who mends stoves.")
        #expect(words(snippet) == ["roof", "keys"])
    }

    @Test func `a sentence with more of the words stands for one with fewer`() throws {
        let snippet = try snippet(text, ["stove", "key"], length: 55)
        #expect(snippet.text == "The keys are with the neighbour, who mends stoves.")
        #expect(words(snippet) == ["keys", "stoves"])
    }

    @Test func `a hit without such words gives its first sentences`() throws {
        let snippet = try snippet(text, ["zebra"], length: 70)
        #expect(snippet.text == "The house stands by the river. Its roof was mended in spring.")
        #expect(snippet.matches.isEmpty)
    }

    @Test func `only what the search found is shown`() throws {
        let start = try #require(text.utf8.count > 60 ? 31 : nil)
        let snippet = try snippet(text, ["house", "roof"], found: [start..<60])
        #expect(snippet.text == "Its roof was mended in spring.")
    }

    @Test(arguments: [1, 5, 20, 60, 200])
    func `a sentence that is too long is cut between words around its first match`(length: Int) throws {
        let long =
            "Ключи " + String(repeating: "лежат под старым ковриком и ", count: 30) + "stove "
            + String(repeating: "x ", count: 200)
        for forms: Set<String> in [["stove"], ["ключ"], []] {
            let snippet = try snippet(long, forms, length: length)
            #expect(snippet.text.unicodeScalars.count <= length + 4)
            if length >= 20, !forms.isEmpty { #expect(!snippet.matches.isEmpty, "\(snippet)") }
            for word in words(snippet) { #expect(["stove", "Ключи"].contains(word)) }
        }
    }

    @Test func `a snippet is one line`() throws {
        let snippet = try snippet("The stove\n\tis   hot.\r\n\r\nThe key\u{2028}turns.", ["stove", "key"])
        #expect(snippet.text == "The stove is hot. The key turns.")
        #expect(words(snippet) == ["stove", "key"])
        #expect(try self.snippet("", ["a"]).text.isEmpty)
    }
}
