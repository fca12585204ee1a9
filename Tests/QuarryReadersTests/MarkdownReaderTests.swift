import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct MarkdownReaderTests {
    private func read(_ text: String) -> ReadResult {
        MarkdownReader().read(Source(id: "notes/a.md", bytes: Array(text.utf8)))
    }

    @Test func `front matter becomes metadata and is removed from the text`() throws {
        let source = """
            ---\r
            title: "Аренда: \\"склад\\""\r
            tags: [lease, 'it''s', "a, b"]\r
            authors:\r
              - Eve\r
              - Боб # the second\r
            date: 2024-05-01\r
            version: 1.5\r
            count: 12\r
            code: 007\r
            draft: false\r
            empty:\r
            owner:\r
              name: Ann\r
            note: >\r
              folded\r
              text\r
            nonsense line\r
            url: http://x.y/z#part # comment\r
            ---\r
            # Heading\r
            body\r
            """
        let result = read(source)
        let document = try #require(result.documents.first)
        #expect(document.title == "Аренда: \"склад\"")
        #expect(
            document.metadata == [
                "title": "Аренда: \"склад\"", "tags": .strings(["lease", "it's", "a, b"]),
                "authors": .strings(["Eve", "Боб"]), "date": "2024-05-01", "version": 1.5, "count": 12, "code": "007",
                "draft": false, "owner.name": "Ann", "note": "folded text", "url": "http://x.y/z#part",
            ])
        #expect(document.text == "# Heading\nbody\n" || document.text == "# Heading\nbody")
        #expect(document.sourceMap.lines(of: 0..<9) == 21...21)
        let range = document.sourceMap.sourceRange(of: 10..<14)
        #expect(String(decoding: Array(source.utf8)[range], as: UTF8.self) == "body")
        #expect(result.warnings.map(\.line) == [18])
        #expect(result.rejected.isEmpty)
    }

    @Test func `two rules with prose between them are not front matter`() throws {
        let document = try #require(read("---\nJust prose.\n---\nmore").documents.first)
        #expect(document.text.hasPrefix("---\nJust"))
        #expect(document.metadata.isEmpty)
    }

    @Test func `the title is the first heading of level one if front matter has none`() {
        #expect(read("---\na: 1\n---\n## Sub\n# Main\n# Other").documents.first?.title == "Main")
        #expect(read("---\ntitle: 2024\n---\n# Main").documents.first?.title == "2024")
        #expect(read("## Sub\n\ntext").documents.first?.title == nil)
    }

    @Test func `wikilinks outside code are links`() {
        let text = """
            See [[Page One]], [[Folder/Two|alias]], [[Three#Part]], ![[pic.png]] and [[#Here]].
            `[[code]]` ``a ` [[code]]`` \\[[no]] [[ Пробел ]] [[cut

            | [[Four\\|x]] | y |
            |---|---|

                [[indented]]

            - item
              ```
              [[fenced]]
              ```
              [[Five]] [[[Six]]]
            """
        #expect(
            read(text).documents.first?.links == [
                "Page One", "Folder/Two", "Three", "pic.png", "Пробел", "Four", "Five", "Six",
            ])
    }

    @Test func `blocks are in order, disjoint, and inside the text`() throws {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let pieces = [
                "- ", "> ", "# ", "```\n", "\n", "\n\n", "    ", "a", "| a |\n| - |\n", "---\n", "1. ", "\t", "<div>",
                "[[x]]", "***", "\r\n", "ё", "`",
            ]
            var text = "x"
            for _ in 0..<80 { text += pieces.randomElement(using: &generator) ?? "" }
            let document = try #require(read(text).documents.first)
            let bytes = Array(document.text.utf8)
            var end = 0
            for block in document.blocks {
                #expect(block.range.lowerBound >= end && block.range.upperBound <= bytes.count && !block.range.isEmpty)
                #expect(block.range.lowerBound == 0 || bytes[block.range.lowerBound - 1] == 0x0A)
                #expect(block.range.upperBound == bytes.count || bytes[block.range.upperBound] == 0x0A)
                end = block.range.upperBound
            }
        }
    }
}
