import QuarryCore
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct QueryParserTests {
    @Test(
        arguments: [
            "who signs the lease", "Who signs the lease?", "What does \"fail fast\" mean?", "don't panic",
            "e-mail sign-off",
            "C++ and C#", "what is +1", "-5 degrees", "from 5 -7", "https://example.org:8080/a", "at 12:30",
            "title: The Hobbit",
            "a - b", "--force", "ls -l", "**bold** text", "5\" screens and 7\" ones", "an \"open quotation", "~/notes",
            "word~", "word~3", "ab~1", "*", "\"\"", "\" \"", "+", "-", "title:", "name:", "-draft", "name:lease",
            "+-word", "{\"a\":\"b\"}",
            "Ceci n'est pas une pipe. Articles on \"text formatting\".", "Он сказал: \"да\"!", "", "   ",
            "\u{0}\u{301}",
            "The protein -actin binds.", "Title:Lease", "foo:bar", "a* b", "кто-то", "2026-05",
        ])
    func `a plain question is its own text`(question: String) {
        #expect(QueryExpression(question) == QueryExpression(text: question))
    }

    @Test func `operators are told from words`() {
        typealias Clause = QueryExpression.Clause
        let cases: [(String, String, [Clause])] = [
            ("\"fail fast\" policy", "fail fast policy", [Clause(.preferred, .phrase, "fail fast")]),
            ("lease -draft rent", "lease rent", [Clause(.excluded, .word, "draft")]),
            ("lease -draft", "lease", [Clause(.excluded, .word, "draft")]),
            ("+аренда договор", "аренда договор", [Clause(.required, .word, "аренда")]),
            ("title:lease rent", "lease rent", [Clause(.required, .word, "lease", field: .title)]),
            (
                "heading:\"last page\" rent", "last page rent",
                [Clause(.required, .phrase, "last page", field: .heading)]
            ),
            ("-body:e-mail rent", "rent", [Clause(.excluded, .word, "e-mail", field: .body)]),
            ("name:2026/lease.md rent", "rent", [Clause(.required, .word, "2026/lease.md", field: .name)]),
            ("regis* rent", "regis rent", [Clause(.preferred, .prefix, "regis")]),
            ("+20* rent", "+20* rent", []),
            ("20* rent", "20 rent", [Clause(.preferred, .prefix, "20")]),
            ("leese~1 rent", "leese rent", [Clause(.preferred, .fuzzy, "leese", edits: 1)]),
            (
                "-\"first draft\" +rent*", "rent",
                [
                    Clause(.excluded, .phrase, "first draft"), Clause(.required, .prefix, "rent"),
                ]
            ),
            ("\"fail fast\", they say", "fail fast, they say", [Clause(.preferred, .phrase, "fail fast")]),
        ]
        for (question, text, clauses) in cases {
            #expect(QueryExpression(question) == QueryExpression(text: text, clauses: clauses), "\(question)")
        }
    }

    @Test func `a question may have 32 operators, and with more it has none`() {
        func question(_ count: Int) -> String { "lease" + String(repeating: " -draft", count: count) }
        #expect(QueryExpression(question(32)).clauses.count == 32)
        #expect(QueryExpression(question(33)) == QueryExpression(text: question(33)))
    }

    @Test func `no text is an error, and what is no operator stays as it is`() {
        var generator = SeededGenerator(seed: 12)
        let pieces = [
            "lease", "аренда", "\"", "+", "-", "*", "~", "1", "2", ":", "title:", "name:", " ", " ", "\n", "?", "字",
            "\u{301}", "-a",
        ]
        for _ in 1...20_000 {
            let question = (0..<Int.random(in: 0...9, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let expression = QueryExpression(question)
            if expression.clauses.isEmpty { #expect(expression.text == question) }
            for clause in expression.clauses { #expect(question.contains(clause.text)) }
            // What remains holds no letter that the question does not hold.
            #expect(expression.text.count <= question.count)
        }
    }

    @Test func `a long question is read in time that grows with its length`() {
        let question = String(repeating: "\"a -b* title:\"x ~1 ", count: 3_000)
        let clock = ContinuousClock()
        #expect(clock.measure { _ = QueryExpression(question) } < .seconds(2))
    }
}
