import QuarryCore
import QuarryReaders
import Testing

struct FrontMatterTests {
    private func read(_ text: String) throws -> (document: Document, warnings: [Rejection]) {
        let result = MarkdownReader().read(Source(id: "notes/a.md", bytes: Array(text.utf8)))
        return (try #require(result.documents.first, "\(result.rejected)"), result.warnings)
    }

    @Test(arguments: [
        "---\n\n# My talk\n\n---\n\n# Agenda\n", "---\n# My talk\n---\ntext",
        "---\nNote: this is prose\nthat goes on\nand on.\n---\ntext",
        "---\nWarning: mind the gap\n\nA paragraph.\n---\ntext",
        "---\nJust prose.\nkey: value\nother: value\n---\ntext",
    ])
    func `slides and prose between rules stay in the text`(text: String) throws {
        let (document, warnings) = try read(text)
        #expect(document.text == text)
        #expect(document.metadata.isEmpty && warnings.isEmpty)
    }

    @Test(arguments: ["---\n---\ntext", "---\n\n---\ntext"])
    func `an empty block is front matter`(text: String) throws { #expect(try read(text).document.text == "text") }

    @Test func `keys inside a list of mappings stay inside`() throws {
        let (document, warnings) = try read(
            """
            ---
            title: Holiday
            resources:
            - src: x.jpg
              title: "sunset"
            - src: y.jpg
            params: {
              title: other
            }
            tags:

              - a
              - b

            # a comment
            draft: true
            ---
            text
            """)
        #expect(document.title == "Holiday")
        #expect(
            document.metadata == [
                "title": "Holiday", "resources": .strings(["src: x.jpg, title: \"sunset\"", "src: y.jpg"]),
                "tags": .strings(["a", "b"]), "draft": true,
            ])
        #expect(warnings.map(\.line) == [7, 8, 9])
    }

    @Test func `a plain scalar may go on in deeper lines`() throws {
        let (document, warnings) = try read(
            "---\ntitle: A\nsummary: one\n  two\n  three # no\nnote:\n  four\n  five\nowner:\n  name: Ann\n---\ntext")
        #expect(
            document.metadata == ["title": "A", "summary": "one two three", "note": "four five", "owner.name": "Ann"])
        #expect(warnings.isEmpty)
    }

    @Test func `a note of a title alone is found by its title`() throws {
        let source = "---\ntags: [a]\ntitle: \"Key to the archive\"\n---\n\n"
        let document = try read(source).document
        #expect(document.text == "Key to the archive")
        #expect(document.title == "Key to the archive")
        let all = 0..<document.text.utf8.count
        #expect(document.sourceMap.lines(of: all) == 3...3)
        let written = document.sourceMap.sourceRange(of: all)
        #expect(String(decoding: Array(source.utf8)[written], as: UTF8.self) == "title: \"Key to the archive\"")
        let empty = MarkdownReader().read(Source(id: "a.md", bytes: Array("---\ntags: [a]\n---\n".utf8)))
        #expect(empty.rejected.map(\.reason) == [.empty])
    }

    @Test func `an integer too long for a Double keeps its digits`() throws {
        let (document, _) = try read(
            "---\nid: 9007199254740993\nlast: 9007199254740992\nminus: -12345678901234567890\nsize: 1.5e3\n---\ntext")
        #expect(
            document.metadata == [
                "id": "9007199254740993", "last": .number(9_007_199_254_740_992), "minus": "-12345678901234567890",
                "size": 1500,
            ])
    }

    @Test(.timeLimit(.minutes(5))) func `blank lines after a key are read in linear time`() throws {
        let blank = String(repeating: "\n", count: 200_000)
        #expect(try read("---\ntags:\(blank)- a\n---\ntext").document.metadata == ["tags": .strings(["a"])])
        #expect(try read("---\ntags:\(blank)title: T\n---\ntext").document.title == "T")
    }
}
