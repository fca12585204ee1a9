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

    @Test func `headings and header rows are context, everything else is quoted`() {
        let found = segments(PassageSegmenterTests.markdown)
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
    }

    @Test func `a generated text's headings and header rows are segments too`() {
        let text = "# Rent is 740\n\n| Item | Price |\n|---|---|\n| Lamp | 20 € |\n"
        let bytes = Array(text.utf8)
        let found = PassageSegmenter(headings: .segments, sentences: TextAnalysis().sentences).segments(of: text)
        #expect(
            found.map { String(decoding: bytes[$0.range], as: UTF8.self) } == [
                "Rent is 740", "| Item | Price |", "| Lamp | 20 € |",
            ])
        #expect(found.last?.context == ["Rent is 740", "| Item | Price |"])
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
