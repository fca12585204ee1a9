import QuarryCore
import QuarryReaders
import Testing

struct EmbeddedDataTests {
    private static let picture = String(repeating: "iVBORw0KGgoAAAANSUhEUgAA", count: 40)

    @Test(arguments: [
        "The plan:\n\n![plan](data:image/png;base64,\(picture))\n\nThe wall is two metres high.",
        "The plan: <img src=\"data:image/png;base64,\(picture)\"> The wall is two metres high.",
    ])
    func `a picture in a text is left out with a warning, and the map leads around it`(text: String) throws {
        let result = MarkdownReader().read(Source(id: "plan.md", bytes: Array(text.utf8)))
        let document = try #require(result.documents.first)
        #expect(!document.text.contains("iVBORw") && document.text.contains("The plan:"))
        #expect(result.warnings.map(\.reason) == [.embeddedData])
        let range = document.text.utf8Range(of: "The wall is two metres high.")
        let source = Array(text.utf8)[document.sourceMap.sourceRange(of: range)]
        #expect(String(decoding: source, as: UTF8.self) == "The wall is two metres high.")
    }

    @Test func `many pictures between lines with two line ends leave their lines in place`() throws {
        let line = "A line.\r\n<img src=\"data:image/png;base64,\(Self.picture)\">\r\n"
        let text = String(repeating: line, count: 200) + "The end."
        let document = try #require(
            PlainTextReader().read(Source(id: "a.txt", bytes: Array(text.utf8))).documents.first)
        #expect(!document.text.contains("iVBORw") && document.text.ranges(of: "A line.").count == 200)
        let end = document.text.utf8.count
        #expect(document.sourceMap.lines(of: end - 8..<end) == 401...401)
        let tag = document.text.utf8Range(of: "<img")
        #expect(document.sourceMap.sourceRange(of: tag) == 9..<13)
    }

    @Test(arguments: ["data:text/plain;base64,SGVsbG8=", "x;base64,", ";base64, is a word", "a;base64"])
    func `short data stays`(text: String) {
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: Array(text.utf8)))
        #expect(result.documents.first?.text == text && result.warnings.isEmpty)
    }
}
