import QuarryCore
import QuarryRetrievalQA
import Testing

struct QuoteSearchTests {
    private func found(_ quote: String, in text: String, near offset: Int? = nil) -> String? {
        guard let quote = QuotableText.Quote(quote), let range = QuotableText(text).range(of: quote, near: offset)
        else { return nil }
        return String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    @Test func `white space, case, quotation marks, dashes and emphasis make no difference`() {
        let text = "Der **Pächter** sagt:\n  „Die Ernte – alles –  ist _mein_.“ Всё ёмкое."
        #expect(found("der pächter sagt: \"die ernte - alles - ist mein.\"", in: text) == text.dropLast(11).description)
        #expect(found("всё Ёмкое", in: text) == "Всё ёмкое")
        #expect(found("… alles – ist mein …", in: text) == "alles –  ist _mein")
        #expect(found("cafe\u{301} noir", in: "Un café\u{A0}noir.") == "café\u{A0}noir")
    }

    @Test(arguments: [
        ("5 crowns", "It costs 25 crowns."), ("5 crowns", "It costs 2.5 crowns."), ("5 crowns", "From -5 crowns."),
        ("1", "It costs 1,250."), ("lease", "The leases are signed."), ("a b", "a*b"), ("5 3", "5 * 3"),
    ])
    func `a part of a word or of a number is not found`(quote: String, text: String) {
        #expect(found(quote, in: text) == nil)
    }

    @Test func `of several places the nearest counts`() {
        let text = "One bell. Two bells. One bell."
        #expect(QuotableText.Quote("one bell").flatMap { QuotableText(text).range(of: $0, near: 25) } == 21..<29)
        #expect(QuotableText.Quote("one bell").flatMap { QuotableText(text).range(of: $0) } == 0..<8)
        #expect(found("字典", in: "这是字典吗") == "字典")
    }

    @Test(arguments: ["", " ", "…", "—", "**"]) func `a quote needs a letter or a digit`(text: String) {
        #expect(QuotableText.Quote(text) == nil)
    }

    @Test func `a long text of one letter takes linear time`() {
        let text = QuotableText(String(repeating: "a", count: 1_000_000))
        let quote = QuotableText.Quote(String(repeating: "a", count: 100_000) + "b")
        let clock = ContinuousClock()
        let time = clock.measure { #expect(quote.flatMap { text.range(of: $0) } == nil) }
        #expect(time < .seconds(5))
    }
}
