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
    func `slides and prose between rules remain in the text`(text: String) throws {
        let (document, warnings) = try read(text)
        #expect(document.text == text)
        #expect(document.metadata.isEmpty && warnings.isEmpty)
    }

    @Test(arguments: ["---\n---\ntext", "---\n\n---\ntext"])
    func `an empty block is front matter`(text: String) throws { #expect(try read(text).document.text == "text") }

    @Test func `keys inside a list of mappings are not outermost keys`() throws {
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
                "params.title": "other", "tags": .strings(["a", "b"]), "draft": true,
            ])
        #expect(warnings.isEmpty)
    }

    @Test func `a plain scalar may continue in indented lines`() throws {
        let (document, warnings) = try read(
            "---\ntitle: A\nsummary: one\n  two\n  three # no\nnote:\n  four\n  five\nowner:\n  name: Ann\n---\ntext")
        #expect(
            document.metadata == ["title": "A", "summary": "one two three", "note": "four five", "owner.name": "Ann"])
        #expect(warnings.isEmpty)
    }

    @Test func `a note with only a title can be found by its title`() throws {
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

    @Test func `a mistake costs only its own key`() throws {
        let (document, warnings) = try read(
            """
            ---
            title: Part 1: The Sea
            tags: [a, b
            author: "Eve
            date: 2024-05-01
            date: 2024-05-02
            up: [[Page]]
            note: |
              first

              second
            ---
            text
            """)
        #expect(document.title == "Part 1: The Sea")
        #expect(
            document.metadata == [
                "title": "Part 1: The Sea", "date": "2024-05-02", "up": .strings([]), "note": "first\n\nsecond",
            ])
        #expect(warnings.map(\.line) == [3, 4, 7])
        #expect(warnings.allSatisfy { $0.reason == .brokenFrontMatter })
    }

    @Test func `aliases are read unless they multiply the content`() throws {
        #expect(
            try read("---\na: &x [1, b]\nb: *x\n---\ntext").document.metadata == [
                "a": .strings(["1", "b"]), "b": .strings(["1", "b"]),
            ])
        let bomb = (1...20).map { "k\($0): &k\($0) [*k\($0 - 1), *k\($0 - 1), *k\($0 - 1)]" }.joined(separator: "\n")
        let (document, warnings) = try read("---\nk0: &k0 x\nn: 1\n\(bomb)\n---\ntext")
        #expect(document.text.hasPrefix("---") && warnings.isEmpty)
        let list = String(repeating: "x,", count: 60_000)
        let repeated = try read("---\na: &x [\(list)]\n" + (0..<8).map { "b\($0): *x\n" }.joined() + "---\ntext")
        #expect(repeated.document.metadata.count < 10)
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["[", "{a: ", "- ", "? ", "&a [*a, ", "!!map {", "\"", "k: v\n", "[]: "])
    func `hostile front matter is read in bounded time`(piece: String) throws {
        let text = String(repeating: piece, count: 40_000)
        _ = try read("---\na: \(text)\n---\ntext")
        _ = try read("---\n\(text)\n---\ntext")
        _ = try read("---\nb: 1\n\(text)\n---\ntext")
        _ = try read("+++\na = \(text)\n+++\ntext")
        _ = try read("+++\n\(text)\n+++\ntext")
    }

    @Test func `TOML between pluses becomes metadata`() throws {
        let source = """
            +++
            # a comment
            title = "Harbour \\"rules\\" \\u0416" # another
            date = 2023-05-06
            time = 2023-05-06T07:32:00Z
            at = 07:32:00
            tags = ["harbour", 'C:\\x', 3] # three
            long = [
              "a", # first
              "b",
            ]
            none = []
            draft = false
            weight = 1_000
            ratio = -1.5e3
            id = 9007199254740993
            "my key".part = 'it is'
            [params.deep]
            "a" = 1
            +++
            text
            """
        let (document, warnings) = try read(source)
        #expect(document.text == "text" && document.title == "Harbour \"rules\" Ж" && warnings.isEmpty)
        #expect(document.sourceMap.lines(of: 0..<4) == 21...21)
        #expect(
            document.metadata == [
                "title": "Harbour \"rules\" Ж", "date": "2023-05-06", "time": "2023-05-06T07:32:00Z", "at": "07:32:00",
                "tags": .strings(["harbour", "C:\\x", "3"]), "long": .strings(["a", "b"]), "none": .strings([]),
                "draft": false, "weight": 1000, "ratio": -1500, "id": "9007199254740993", "my key.part": "it is",
                "params.deep.a": 1,
            ])
    }

    @Test(arguments: [
        ("b = yes", "not a string in quotes"), ("b = \"x", "quotes are not closed"), ("b", "\"=\" is missing"),
        ("b = 1 2", "not a string in quotes"), ("b = \"x\" y", "extra text after the value"),
        ("= 1", "A key must be letters"),
        ("b = {c = 1}", "not a string in quotes"), ("b = [[1]]", "Lists of lists"), ("a = 2", "a occurs twice"),
        ("b = [1", "not closed"), ("b = \"\\q\"", "escape"), ("[[b]]", "Lists of tables"), ("b =", "value is missing"),
        ("b = \"\"\"\nc = 1\n\"\"\"", "several lines"), ("b = 0x", "not a string in quotes"),
        ("b = [\"x\" 1]", "separated by commas"), ("b = nan", "not a string in quotes"), ("[b", "must end with"),
    ])
    func `unsupported TOML is a warning with line and reason`(line: String, reason: String) throws {
        let (document, warnings) = try read("+++\na = 1\nd = true\n\(line)\n+++\ntext")
        #expect(document.metadata == ["a": 1, "d": true])
        #expect(warnings.map(\.line) == [4])
        #expect(warnings.first?.message.contains(reason) == true, "\(warnings)")
    }

    @Test func `keys of an ignored table are not added to another`() throws {
        let (document, warnings) = try read("+++\na = 1\nc = 2\n[[x]]\nb = 1\n[y]\nb = 2\n+++\ntext")
        #expect(document.metadata == ["a": 1, "c": 2, "y.b": 2])
        #expect(warnings.map(\.line) == [4, 5])
    }

    @Test(arguments: ["+++\nprose\n+++\ntext", "+++\na = 1\nno\nno more\n+++\ntext", "+++\na = 1\ntext"])
    func `pluses around prose remain in the text`(text: String) throws {
        let (document, warnings) = try read(text)
        #expect(document.text == text && document.metadata.isEmpty && warnings.isEmpty)
    }

    @Test func `a note with only a TOML title can be found by its title`() throws {
        let document = try read("+++\ntags = []\ntitle = \"Key\"\n+++\n").document
        #expect(document.text == "Key" && document.sourceMap.lines(of: 0..<3) == 3...3)
    }
}
