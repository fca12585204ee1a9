import QuarryCore
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct QueryParserTests {
    @Test(
        arguments: [
            "who signs the lease", "Who signs the lease?", "don't panic", "e-mail sign-off", "C++ and C#",
            "https://example.org:8080/a", "at 12:30", "a - b", "--force", "**bold** text", "5\" screens and 7\" ones",
            "~/notes", "word~", "*", "\"\"", "\" \"", "+", "-", "+-word", "{\"a\":\"b\"}", "", "   ", "\u{0}\u{301}",
            "Title:Lease", "foo:bar", "кто-то", "2026-05", "Is it 5 - 7?", "What?!",
        ])
    func `a plain question is its own text`(question: String) {
        #expect(QueryExpression(question) == QueryExpression(text: question))
    }

    @Test func `what looks like an operator and is none is text, and is named`() {
        let cases: [(String, [String])] = [
            ("what is +1", ["+1"]), ("lamp -240", ["-240"]), ("-5 degrees, +3?", ["-5", "+3"]), ("ls -l", ["-l"]),
            ("gcc -fno-rtti", ["-fno-rtti"]), ("title: The Hobbit", ["title:"]), ("name:", ["name:"]),
            ("an \"open quotation", ["\"open"]), ("word~3", ["word~3"]), ("ab~1", ["ab~1"]), ("a* b", ["a*"]),
            ("-draft", ["-draft"]), ("name:lease", ["name:lease"]), ("The protein -actin binds.", ["-actin"]),
            ("Who signs the lease -draft?", ["-draft"]),
        ]
        for (question, literals) in cases {
            #expect(QueryExpression(question) == QueryExpression(text: question, literals: literals), "\(question)")
        }
        let both = QueryExpression("lamp -240 -draft")
        #expect(both.text == "lamp -240" && both.clauses.count == 1 && both.literals == ["-240"])
    }

    @Test func `a sentence has operators, but for a dash before a word`() {
        typealias Clause = QueryExpression.Clause
        let cases: [(String, String, [Clause])] = [
            (
                "What does \"fail fast\" mean?", "What does fail fast mean?", [Clause(.preferred, .phrase, "fail fast")]
            ),
            ("Who signs the +lease?", "Who signs the lease?", [Clause(.required, .word, "lease")]),
            (
                "Who signs it, title:lease?", "Who signs it, lease?",
                [Clause(.required, .word, "lease", field: .title)]
            ),
            (
                "Who signs -name:archive the lease.", "Who signs the lease.",
                [
                    Clause(.excluded, .word, "archive", field: .name)
                ]
            ),
            (
                "Who signs the lease -\"first draft\"?", "Who signs the lease?",
                [
                    Clause(.excluded, .phrase, "first draft")
                ]
            ),
            ("Кто платит за аренд*?", "Кто платит за аренд?", [Clause(.preferred, .prefix, "аренд")]),
            ("Он сказал: \"да\"!", "Он сказал: да!", [Clause(.preferred, .phrase, "да")]),
        ]
        for (question, text, clauses) in cases {
            #expect(QueryExpression(question) == QueryExpression(text: text, clauses: clauses), "\(question)")
        }
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
            ("20* rent", "20 rent", [Clause(.preferred, .prefix, "20")]),
            ("leese~1 rent", "leese rent", [Clause(.preferred, .fuzzy, "leese", edits: 1)]),
            (
                "-\"first draft\" +rent*", "rent",
                [
                    Clause(.excluded, .phrase, "first draft"), Clause(.required, .prefix, "rent"),
                ]
            ),
            ("lease -draft, rent", "lease, rent", [Clause(.excluded, .word, "draft")]),
            ("\"fail fast\", they say", "fail fast, they say", [Clause(.preferred, .phrase, "fail fast")]),
        ]
        for (question, text, clauses) in cases {
            #expect(QueryExpression(question) == QueryExpression(text: text, clauses: clauses), "\(question)")
        }
    }

    @Test func `a question may have 32 operators, and with more it has none`() {
        func question(_ count: Int) -> String { "lease" + String(repeating: " -draft", count: count) }
        #expect(QueryExpression(question(32)).clauses.count == 32)
        let many = QueryExpression(question(33))
        #expect(many == QueryExpression(text: question(33), literals: Array(repeating: "-draft", count: 33)))
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
