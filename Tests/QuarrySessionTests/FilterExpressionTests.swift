import QuarryCore
import QuarrySession
import QuarryTestSupport
import Testing

/// How a condition on metadata is read. What it matches is tested with the index.
struct FilterExpressionTests {
    private func read(_ text: String) throws -> Filter { try FilterExpression(text).filter }

    @Test func `a value is a text, and also a number or a Boolean where it is one`() throws {
        #expect(try read("owner=Ines Roth") == .equals("owner", "Ines Roth"))
        #expect(try read("year = 2026") == .any([.equals("year", "2026"), .equals("year", 2026)]))
        #expect(try read("draft=true") == .any([.equals("draft", "true"), .equals("draft", .bool(true))]))
        #expect(try read("year=\"2026\"") == .equals("year", "2026"))
        #expect(try read("owner=") == .equals("owner", ""))
        #expect(try read("owner='O\\'Neill'") == .equals("owner", "O'Neill"))
    }

    @Test func `a value of several words ends only before another condition`() throws {
        #expect(try read("title=War and Peace") == .equals("title", "War and Peace"))
        #expect(try read("title=War and Peace (1869)") == .equals("title", "War and Peace (1869)"))
        #expect(
            try read("title=War and Peace and id=x") == .all([.equals("title", "War and Peace"), .equals("id", "x")]))
        #expect(try read("title=\"a and b=c\"") == .equals("title", "a and b=c"))
        #expect(try read("a=x and") == .equals("a", "x and"))
        #expect(
            try read("and=1 and in=x") == .all([.any([.equals("and", "1"), .equals("and", 1)]), .equals("in", "x")]))
    }

    @Test func `and binds more than or, and parentheses more than both`() throws {
        let (a, b, c) = (Filter.equals("a", "x"), Filter.equals("b", "y"), Filter.equals("c", "z"))
        #expect(try read("a=x or b=y and c=z") == .any([a, .all([b, c])]))
        #expect(try read("(a=x or b=y) and not c=z") == .all([.any([a, b]), .not(c)]))
        #expect(try read("not not a=x") == a)
        #expect(try read("a!=x") == .not(a))
    }

    @Test func `dates have the period that they name`() throws {
        #expect(try read("d>2024-12") == .between("d", from: "2025-01", through: nil))
        #expect(try read("d<2024-03-01") == .between("d", from: nil, through: "2024-02-29"))
        #expect(try read("d>2023-02-28") == .between("d", from: "2023-03-01", through: nil))
        #expect(try read("d<2024-01-01") == .between("d", from: nil, through: "2023-12-31"))
        #expect(try read("d<=2024-05-01T10:00") == .between("d", from: nil, through: "2024-05-01T10:00"))
    }

    @Test(arguments: [
        ("", "a condition is missing"), ("year", "no operator such as = after the key “year”"),
        ("year==2026", "“==” is not an operator"), ("year=~20", "“=~” is not an operator"),
        ("year<>1", "“<>” is not an operator"), ("=x", "no key before “=x”"), ("year>=soon", "“soon” is neither"),
        ("year>=2024-13", "“2024-13” is neither"), ("d>2024-05-01T10:00", ">= can"),
        ("tag in a", "a list in parentheses"),
        ("tag in (a", "not closed"), ("tag in ()", "an item of the list is empty"), ("a=\"x", "is not closed"),
        ("a=\"x\" b=y", "“b=y” is left over"), ("(a=x", "closing parenthesis is missing"),
        ("Due date=1", "no operator such as = after the key “Due”"), ("a exists x", "“x” is left over"),
        (String(repeating: "(", count: 70) + "a=x", "more than 64 parentheses"),
    ])
    func `what cannot be read is an error that names it`(text: String, message: String) {
        let fault = #expect(throws: FilterExpression.Fault.self) { try read(text) }
        #expect(fault?.description.contains(message) == true, "\(text): \(fault?.description ?? "")")
    }

    @Test func `no text ends the process`() {
        var random = SeededGenerator(seed: 5)
        let parts = [
            "a", "=", "!=", ">=", "^", "(", ")", "and", "or", "not", "in", "exists", "\"", "'", "\\", ",", " ", "2024",
            "ё",
        ]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...24, using: &random)
            let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            _ = try? FilterExpression(text)
        }
        _ = try? FilterExpression(String(repeating: "not ", count: 20_000) + "a=x")
    }
}
