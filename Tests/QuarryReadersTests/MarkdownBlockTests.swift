import QuarryCore
import QuarryReaders
import Testing

/// Blocks as lines `kind: text`, line ends shown as `⏎`.
func outline(_ markdown: String) throws -> [String] {
    let document = try #require(MarkdownReader().read(Source(id: "a.md", bytes: Array(markdown.utf8))).documents.first)
    let bytes = Array(document.text.utf8)
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self).replacing("\n", with: "⏎")
    }
    return document.blocks.map { block in
        let name =
            switch block.kind {
            case .heading(let level, let title): "h\(level)(\(title))"
            case .paragraph: "p"
            case .list: "list"
            case .code(let language): "code(\(language ?? ""))"
            case .table(let header): "table(\(text(header)))"
            case .quote: "quote"
            }
        return "\(name): \(text(block.range))"
    }
}

struct MarkdownBlockTests {
    @Test func `a page of every kind`() throws {
        let page = """
            # Title *here* #

            First line
            second line.

            Setext `code`
            -------------

            - one
              continued
            lazily

              inside
            - two
            1. other list

            ```swift
            # not a heading
            ```
            ~~~~
            ```
            ~~~~

                indented

                more
            > quoted
            lazy

            | a | b |
            |---|:-:|
            | 1 | 2 |
            after
            ***
            last
            """
        #expect(
            try outline(page) == [
                "h1(Title here): # Title *here* #", "p: First line⏎second line.",
                "h2(Setext code): Setext `code`⏎-------------",
                "list: - one⏎  continued⏎lazily⏎⏎  inside⏎- two", "list: 1. other list",
                "code(swift): ```swift⏎# not a heading⏎```", "code(): ~~~~⏎```⏎~~~~", "code():     indented⏎⏎    more",
                "quote: > quoted⏎lazy", "table(| a | b |⏎|---|:-:|): | a | b |⏎|---|:-:|⏎| 1 | 2 |⏎after",
                "p: last",
            ])
    }

    @Test(arguments: [
        ("text\n| a | b |\n| - | - |\n", ["p: text", "table(| a | b |⏎| - | - |): | a | b |⏎| - | - |"]),
        ("| a | b |\n| - |\n", ["p: | a | b |⏎| - |"]), ("a\n- b", ["p: a", "list: - b"]), ("a\n2. b", ["p: a⏎2. b"]),
        ("a\n1. b", ["p: a", "list: 1. b"]), ("-\n\n  x", ["list: -", "p:   x"]),
        ("-\n  x\n\n  y", ["list: -⏎  x⏎⏎  y"]),
        ("- a\n\n\n- b\n* c", ["list: - a⏎⏎⏎- b", "list: * c"]), ("> a\n\n> b", ["quote: > a", "quote: > b"]),
        ("> ```\n# x", ["quote: > ```", "h1(x): # x"]), ("````\n```\n````\nx", ["code(): ````⏎```⏎````", "p: x"]),
        ("```\nopen", ["code(): ```⏎open"]), ("#hash\n####### seven", ["p: #hash⏎####### seven"]),
        ("# A\\# #", ["h1(A#): # A\\# #"]), ("#", ["h1(): #"]), ("a\n===", ["h1(a): a⏎==="]),
        ("> a\n---", ["quote: > a"]),
        ("a\nb\n-", ["h2(a b): a⏎b⏎-"]), ("<!--\n# no\n\n-->\n# yes", ["p: <!--⏎# no⏎⏎-->", "h1(yes): # yes"]),
        ("<div>\n# no\n\n# yes", ["p: <div>⏎# no", "h1(yes): # yes"]),
        ("\tcode\n\n\n\tmore\n\nx", ["code(): \tcode⏎⏎⏎\tmore", "p: x"]),
        ("- a\n\n      code\n\n  b", ["list: - a⏎⏎      code⏎⏎  b"]),
        ("1. a\n\n   ```\n   # x\n   ```\nend", ["list: 1. a⏎⏎   ```⏎   # x⏎   ```", "p: end"]),
        ("* * *\n- - -\n___", []), ("a | b\n--|--\n1 | 2\n\nx", ["table(a | b⏎--|--): a | b⏎--|--⏎1 | 2", "p: x"]),
        (
            "# [link](http://x/(y)) and ![pic](p.png) **b** snake_case _e_ <b>t</b>",
            [
                "h1(link and pic b snake_case e t): # [link](http://x/(y)) and ![pic](p.png) **b** snake_case _e_ <b>t</b>"
            ]
        ),
        ("# [[Page|Alias]] `a*b` \\*x\\*", ["h1(Alias a*b *x*): # [[Page|Alias]] `a*b` \\*x\\*"]),
    ])
    func `blocks are where CommonMark puts them`(markdown: String, expected: [String]) throws {
        // A rule alone is not a block, and not text either for these tests.
        #expect(try outline(markdown) == expected)
    }

    @Test(arguments: [
        ("a\n===\n---\nb", ["h1(a): a⏎===", "p: b"]), ("a\n---\n- b\n", ["h2(a): a⏎---", "list: - b"]),
        ("<!-- a -->\n# T\n<!--\nb -->\ntext", ["p: <!-- a -->", "h1(T): # T", "p: <!--⏎b -->", "p: text"]),
        ("# T\n[a]: b\n\n\n[c]: d\n[e]: f\n\ntext", ["h1(T): # T", "p: [a]: b", "p: [c]: d⏎[e]: f", "p: text"]),
        ("[a]: b\ntext\n\n[c]: d", ["p: [a]: b⏎text", "p: [c]: d"]),
        ("| a |\n|---|\n| b |\n---\nx", ["table(| a |⏎|---|): | a |⏎|---|⏎| b |", "p: x"]),
        ("x\n| a |\n|---|\n===", ["p: x", "table(| a |⏎|---|): | a |⏎|---|⏎==="]),
        ("- ```\n  x\ny", ["list: - ```⏎  x", "p: y"]), ("```a b\nx\n\n\n", ["code(a): ```a b⏎x"]),
        (
            "# AT&amp;T <!-- c --> <http://x.y> ~~a~~ ~b~",
            ["h1(AT&T http://x.y a ~b~): # AT&amp;T <!-- c --> <http://x.y> ~~a~~ ~b~"]
        ),
        (
            "# [[__init__.md]] ![[a*b*]] `[[x]]` \\[[y]]",
            ["h1(__init__.md a*b* [[x]] [[y]]): # [[__init__.md]] ![[a*b*]] `[[x]]` \\[[y]]"]
        ),
        ("# #\n##  \n### ", ["h1(): # #", "h2(): ##  ", "h3(): ### "]), ("> a\n>\n\nb", ["quote: > a⏎>", "p: b"]),
        ("# *a*\n\n> # *b*\n\n# *c*", ["h1(a): # *a*", "quote: > # *b*", "h1(c): # *c*"]),
    ])
    func `every line is in its own block`(markdown: String, expected: [String]) throws {
        #expect(try outline(markdown) == expected)
    }

    @Test func `a text longer than a batch has the blocks of its parts`() throws {
        let part = """
            # A *title* [[Page|here]]

            - one

              ```
              [[code]]
              ```
            - two [[link]]

            text


            | a |
            |---|
            | 1 |

            [a]: b

            > quote

            """
        let once = try outline(part)
        #expect(once.count == 6)
        let count = 8_000
        let document = try #require(
            MarkdownReader().read(Source(id: "a.md", bytes: Array(String(repeating: part, count: count).utf8)))
                .documents.first)
        #expect(document.blocks.count == count * 6)
        #expect(document.links.count == count * 2)
        let titles = document.blocks.compactMap { if case .heading(_, let title) = $0.kind { title } else { nil } }
        #expect(titles.first == "A title here" && titles.count == count)
        let length = part.utf8.count
        for (index, block) in document.blocks.enumerated() {
            let first = document.blocks[index % 6].range
            let start = first.lowerBound + index / 6 * length
            guard block.range == start..<start + first.count else {
                Issue.record("block \(index): \(block.range)")
                break
            }
        }
    }

    /// Needs ../shared/eval/formats/markdown-commonmark beside the package. Omits examples that readers treat
    /// differently on purpose: front matter, HTML (a paragraph here) and no-break spaces (spaces here).
    @Test(
        .enabled(
            if: SharedAssets.has("formats/markdown-commonmark/spec.txt"),
            "../shared/eval/formats/markdown-commonmark is absent"))
    func `the outermost blocks of the CommonMark examples are those of its HTML`() throws {
        let spec = String(decoding: try SharedAssets.bytes("formats/markdown-commonmark/spec.txt"), as: UTF8.self)
        var section = ""
        var state = 0
        var markdown = ""
        var html = ""
        var failures: [String] = []
        var count = 0
        for line in spec.split(separator: "\n", omittingEmptySubsequences: false) {
            if state == 0, line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            if line.hasPrefix("````````````````````````````````") {
                if state > 0 {
                    if !["HTML blocks", "Link reference definitions", "Raw HTML"].contains(section),
                        !markdown.contains("]: "),
                        !markdown.contains("]:\n"), !markdown.hasPrefix("---\n"),
                        !markdown.hasPrefix("<"), !markdown.contains("<!--"), !markdown.contains("\u{A0}"),
                        !markdown.allSatisfy(\.isWhitespace)
                    {
                        count += 1
                        let found = try kinds(markdown)
                        let expected = outermost(html)
                        if found != expected {
                            failures.append("\(section): \(markdown.debugDescription) \(found) \(expected)")
                        }
                    }
                    state = 0
                } else {
                    (state, markdown, html) = (1, "", "")
                }
            } else if state == 1, line == "." {
                state = 2
            } else if state == 1 {
                markdown += line.replacing("→", with: "\t") + "\n"
            } else if state == 2 {
                html += line + "\n"
            }
        }
        #expect(count > 450)
        #expect(failures.isEmpty, "\(failures.count) of \(count): \(failures.joined(separator: "\n"))")
    }

    private func kinds(_ markdown: String) throws -> [String] {
        let document = try #require(
            MarkdownReader().read(Source(id: "a.md", bytes: Array(markdown.utf8))).documents.first)
        return document.blocks.map { block in
            switch block.kind {
            case .heading(let level, _): "h\(level)"
            case .paragraph: "p"
            case .list: "list"
            case .code: "pre"
            case .table: "table"
            case .quote: "blockquote"
            }
        }
    }

    private func outermost(_ html: String) -> [String] {
        var kinds: [String] = []
        var depth = 0
        for part in html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1) {
            let name = part.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
            let tag = name.hasPrefix("/") ? name.dropFirst() : name
            guard ["h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "ul", "ol", "blockquote", "table"].contains(tag)
            else { continue }
            if name.hasPrefix("/") {
                depth -= 1
            } else {
                if depth == 0 { kinds.append(tag == "ul" || tag == "ol" ? "list" : String(tag)) }
                depth += 1
            }
        }
        return kinds
    }
}
