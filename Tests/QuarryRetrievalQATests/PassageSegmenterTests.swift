import QuarryRetrievalQA
import QuarryTestSupport
import Testing

struct PassageSegmenterTests {
    private func segments(_ text: String, tableHeader: String? = nil) -> [(Segment, String)] {
        let bytes = Array(text.utf8)
        return PassageSegmenter(sentences: TextAnalysis().sentences).segments(of: text, tableHeader: tableHeader)
            .map { ($0, String(decoding: bytes[$0.range], as: UTF8.self)) }
    }

    private static let markdown = """
        # Prices

        All prices hold until May. Ask before you buy.

        | Item | Price |
        |------|-------|
        | Lamp | 20 € |
        | Desk | 90 € |

        Delivery takes:
        - two days in town,
        - a week
          elsewhere.

        ```swift
        let lamp = 20

        let desk = 90
        ```
        """

    @Test func `sentences, items, rows and lines of code have headings, header rows and introductions as context`() {
        let found = segments(PassageSegmenterTests.markdown).filter { ![.heading, .tableHeader].contains($0.0.kind) }
        #expect(
            found.map(\.1) == [
                "All prices hold until May.", "Ask before you buy.", "| Lamp | 20 € |", "| Desk | 90 € |",
                "Delivery takes:", "two days in town,", "a week\n  elsewhere.", "let lamp = 20", "let desk = 90",
            ])
        #expect(
            found.map(\.0.kind) == [
                .sentence, .sentence, .tableRow, .tableRow, .sentence, .listItem, .listItem, .codeLine, .codeLine,
            ])
        #expect(found[2].0.context == ["Prices", "| Item | Price |"])
        #expect(found[5].0.context == ["Prices", "Delivery takes:"])
        #expect(
            found.map(\.0.text)[2...6] == [
                "Item: Lamp; Price: 20 €", "Item: Desk; Price: 90 €", "Delivery takes:", "two days in town,",
                "a week elsewhere.",
            ])
    }

    @Test func `headings and header rows are segments of their own kinds`() {
        let text = "# Rent is 740\n\n| Item | Price |\n|---|---|\n| Lamp | 20 € |\n"
        let bytes = Array(text.utf8)
        let found = PassageSegmenter(sentences: TextAnalysis().sentences).segments(of: text)
        #expect(
            found.map { String(decoding: bytes[$0.range], as: UTF8.self) } == [
                "Rent is 740", "| Item | Price |", "| Lamp | 20 € |",
            ])
        #expect(found.map(\.kind) == [.heading, .tableHeader, .tableRow])
        #expect(found.last?.context == ["Rent is 740", "| Item | Price |"])
    }

    @Test func `underlined and strong lines are headings, and sections have the headings above`() {
        let text =
            "Visits\n======\n\nRing first.\n\n### Hours\n\n**In winter**\n\nFrom ten to four.\n\n## Cost\n\nFree."
        let found = segments(text)
        #expect(found.filter { $0.0.kind == .heading }.map(\.0.text) == ["Visits", "Hours", "In winter", "Cost"])
        #expect(found.first { $0.1 == "From ten to four." }?.0.headings == ["Visits", "Hours", "In winter"])
        #expect(found.last?.0.headings == ["Visits", "Cost"])
    }

    @Test func `a wrapped block quote is one paragraph`() {
        let found = segments("> The gate was painted\n> by Ida Lind of Kalmar,\n> in green.\n\nIt rusts.")
        #expect(found.map(\.0.text) == ["The gate was painted by Ida Lind of Kalmar, in green.", "It rusts."])
        #expect(found[0].1.hasPrefix("The gate") && found[0].1.hasSuffix("> in green."))
    }

    @Test func `a heading or list in a block quote is one`() {
        let found = segments("> ### Notation\n>\n> Lines begin with a star:\n>\n> - so\n> - and so\n\nBack.")
        #expect(found.map(\.0.kind) == [.heading, .sentence, .listItem, .listItem, .sentence])
        #expect(found.map(\.0.text) == ["Notation", "Lines begin with a star:", "so", "and so", "Back."])
        let code = segments("> ```\n> star(1)\n> ```\n> It shines.\n\nBack.")
        #expect(code.map(\.0.kind) == [.codeLine, .sentence, .sentence])
        #expect(code.map(\.0.text) == ["star(1)", "It shines.", "Back."])
    }

    @Test(arguments: [
        "let a = run(1)\nlet b = run(2)\n```\n\nThe lamp burns all night.",
        "print(a)\n```\n\nThe lamp burns all night.\n\n```python\nprint(b)\n```",
        "The lamp burns all night.\n\n```\nprint(a)\nprint(b)",
    ])
    func `prose beside a code block that began or goes on elsewhere is prose`(text: String) {
        let prose = segments(text).filter { $0.0.kind == .sentence }.map(\.0.text)
        #expect(prose == ["The lamp burns all night."])
    }

    @Test func `targets of links and include directives are left out`() {
        let found = segments(
            "Ring first.\n{{#include ../bell.rs}}\n[bell]: https://a.example/bell\n\n[note]: he rang twice.")
        #expect(found.map(\.0.text) == ["Ring first.", "[note]: he rang twice."])
    }

    @Test func `comments are left out`() {
        let found = segments("Ring first. <!-- Ask Ida.\nTwice. --> Then wait.")
        #expect(found.map(\.0.text) == ["Ring first.", "Then wait."])
    }

    @Test func `a comment that a code block shows is content`() {
        let found = segments("Write:\n\n```html\n<!-- hide -->\n```\n\nOr <!-- not\n```\nthis --> that.")
        #expect(found.map(\.0.text) == ["Write:", "<!-- hide -->", "Or", "that."])
        #expect(segments("See <!-- an open mark.\nNo end.").map(\.0.text) == ["See <!-- an open mark.", "No end."])
    }

    @Test func `a table in a block quote has its header`() {
        let found = segments("> | Lamp | Price |\n> |---|---|\n> | Desk | 90 |")
        #expect(found.map(\.0.kind) == [.tableHeader, .tableRow])
        #expect(found.last?.0.text == "Lamp: Desk; Price: 90")
    }

    @Test func `a quoted sentence goes on behind an empty line, another does not`() {
        let mail = segments("> Who tunes the organ, and how\n\n> much is it?\n\nIda does.\n\n> Why?\n\n> it rains")
        #expect(mail.map(\.0.text) == ["Who tunes the organ, and how much is it?", "Ida does.", "Why?", "it rains"])
    }

    @Test func `each line of a paragraph of fields is a segment`() {
        let found = segments("penguin: white\n**Port:** 8080\nserver:\nhost: a.example")
        #expect(found.map(\.0.text) == ["penguin: white", "Port: 8080", "server:", "host: a.example"])
        #expect(found.map(\.1) == ["penguin: white", "**Port:** 8080", "server:", "host: a.example"])
        #expect(Set(found.map(\.0.block)).count == 1)
        for text in ["Note: the gate\nis open at 10:30 today.", "See https://a.example\nand: b"] {
            #expect(segments(text).count == 1)
        }
    }

    @Test func `the meaning of a term is on the line below`() {
        let found = segments("Jib\n: a sail before the mast.\n\nKeel\n: a fin.")
        #expect(found.map(\.0.text) == ["Jib: a sail before the mast.", "Keel: a fin."])
        #expect(found.first?.1 == "Jib\n: a sail before the mast.")
    }

    @Test func `rows of a split table use the repeated header`() {
        let found = segments("| Lamp | 20 |\n| Desk | 90 |", tableHeader: "| Item | Price |\n|---|---|")
        #expect(found.map(\.0.context) == [["| Item | Price |\n|---|---|"], ["| Item | Price |\n|---|---|"]])
    }

    @Test func `segments of any text are ordered, disjoint and inside it`() {
        var random = SeededGenerator(seed: 3)
        let pieces = [
            "# A\n", "| a | b |\n", "|--|--|\n", "- item. More\n", "1. one\n", "```\n", "Слово. Ещё! ", "> quoted\n",
            "\n", "\r\n", "text ", "🙂", "|", "`", "#", "   ", "---\n",
        ]
        for _ in 0..<500 {
            let text = (0..<12).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            var end = 0
            for (segment, quote) in segments(text) {
                #expect(segment.range.lowerBound >= end && segment.range.upperBound <= text.utf8.count)
                #expect(!quote.isEmpty && !quote.unicodeScalars.contains("\u{FFFD}"))
                end = segment.range.upperBound
            }
        }
    }
}
