import QuarryText
import Testing

struct AnalyzerTests {
    private let analyzer = Analyzer()

    private func terms(_ text: String, _ language: Language? = nil) -> [String] {
        analyzer.terms(of: text, language: language)
    }

    @Test func `every word of a Russian question is a term`() {
        #expect(terms("кассовый разрыв 2026") == ["кассов", "разр", "2026"])
        #expect(analyzer.queryTerms(of: "покажи мой портфель", languages: [.russian]) == ["покаж", "портфел"])
    }

    @Test func `a text in two languages is stemmed by the script of each word`() {
        let mixed = "Настройки индексов и embeddings settings"
        #expect(terms(mixed, .russian) == ["настройк", "индекс", "и", "embed", "set"])
        #expect(terms(mixed, .russian) == terms(mixed, .english))
        #expect(terms("Häuser и дома", .german) == ["haus", "и", "дом"])
    }

    @Test func `identifiers are kept and split`() {
        #expect(terms("foo_bar") == ["foo_bar", "foo", "bar"])
        #expect(terms("fooBar") == ["foobar", "foo", "bar"])
        #expect(terms("E-1042") == ["e-1042", "e", "1042"])
        #expect(terms("v1.2.3") == ["v1.2.3", "v1", "2", "3"])
        #expect(terms("ISO-8601") == ["iso-8601", "iso", "8601"])
        #expect(terms("HTTPServer main.rs") == ["httpserver", "http", "server", "main.rs", "main", "rs"])
    }
}
