import QuarryText
import Testing

struct AnalyzerTests {
    private let analyzer = Analyzer()

    private func terms(_ text: String, _ language: Language? = nil) -> [String] {
        analyzer.terms(of: text, language: language)
    }

    @Test func `every word of a Russian question is a term`() {
        #expect(terms("кассовый разрыв 2026") == ["кассов", "разр", "2026"])
        #expect(analyzer.words(of: "кассовый разрыв 2026", [.english]) == ["кассов", "разр", "2026"])
        #expect(analyzer.words(of: "покажи мой портфель", [.russian]) == ["покаж", "портфел"])
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
        #expect(terms("sha256") == ["sha256", "sha", "256"])
        #expect(terms("__init__ snake_case_name").first == "init")
        #expect(terms("C++ and C# in foo.cc") == ["c", "c++", "and", "c", "c#", "in", "foo.cc", "foo", "cc"])
    }

    @Test func `an identifier can be found by its parts and by its lower-case form`() {
        let document = "The function parseDocumentHeader fails with E-1042."
        for question in ["parse header", "parsedocumentheader", "parseDocumentHeader", "e-1042", "document 1042"] {
            #expect(analyzer.finds(document, by: question, in: [.english]), "\(question)")
        }
    }

    @Test func `plain words are not identifiers`() {
        #expect(terms("well-known APIs of McDonald") == ["well", "known", "api", "of", "mcdonald", "mc", "donald"])
        #expect(terms("кто-то из интернет-магазина") == ["кто", "то", "из", "интернет", "магазин"])
        #expect(terms("The end.Then") == ["the", "end.then", "end", "then"])
    }

    @Test func `numbers have one canonical form`() {
        #expect(terms("1,234 1234 1,234,567.5 1.234.567,5") == ["1234", "1234", "1234567.5", "1234567.5"])
        #expect(terms("3,14 3.14 0,125") == ["3.14", "3.14", "0.125"])
        #expect(terms("22.08.2026") == ["22.08.2026", "22", "08", "2026"])
        #expect(terms("1,2,3") == ["1", "2", "3"])
        #expect(terms("٢٠٢٦ ２０２６") == ["2026", "2026"])
    }

    @Test func `acronyms are words`() { #expect(terms("U.S. USA") == ["us", "usa"]) }

    @Test func `apostrophes belong to English endings and Cyrillic words only`() {
        #expect(terms("dog's dogs’") == ["dog", "dog"])
        #expect(terms("don't don’t") == ["don't", "don't"])
        #expect(terms("O'Brien l'homme") == ["o", "brien", "l", "homm"])
        #expect(terms("l'homme", .french) == ["l", "homm"])
        #expect(terms("об'єкт") == terms("обєкт"))
    }

    @Test func `a run of Chinese or Japanese gives pairs of characters`() {
        #expect(terms("机器学习") == ["机器", "器学", "学习"])
        #expect(terms("猫") == ["猫"])
        #expect(terms("使用Swift编程。很好") == ["使用", "swift", "编程", "很好"])
        #expect(terms("2026年の計画") == ["2026", "年の", "の計", "計画"])
        #expect(terms("한국어") == ["한국", "국어"])
        #expect(terms("ｶﾞｲﾄﾞ") == terms("ガイド"))
    }

    @Test func `spellings of one word are one term`() {
        #expect(terms("Ещё ЕЩЕ ещё еще").allSatisfy { $0 == terms("еще")[0] })
        #expect(terms("за\u{301}мок замо\u{301}к замок") == ["замок", "замок", "замок"])
        #expect(terms("ин\u{AD}фор\u{AD}ма\u{AD}ция") == terms("информация"))
        #expect(terms("ﬁle ＦＩＬＥ file") == ["file", "file", "file"])
        #expect(terms("naïve naive Zürich Zurich") == ["naiv", "naiv", "zurich", "zurich"])
        #expect(terms("Straße STRASSE", .german) == ["strass", "strass"])
        #expect(terms("İstanbul ISTANBUL") == ["istanbul", "istanbul"])
        #expect(terms("e\u{2011}mail") == terms("e-mail"))
        #expect(terms("ѓавол") != terms("гавол"))
    }

    @Test func `decomposed text gives the terms of composed text`() {
        let pairs = [
            ("ёлка и йод", "е\u{308}лка и и\u{306}од"), ("Ёж", "Е\u{308}ж"), ("café Größe", "cafe\u{301} Gro\u{308}ße"),
            ("ще\u{301}йка", "ще\u{301}и\u{306}ка"), ("її", "і\u{308}і\u{308}"),
            ("한글", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"),
            ("ガイド", "カ\u{3099}イト\u{3099}"), ("Ѓорѓи ѝ ѐ", "Г\u{301}орг\u{301}и и\u{300} е\u{300}"),
        ]
        for (composed, decomposed) in pairs {
            for language in [nil, Language.german, .russian] {
                #expect(terms(composed, language) == terms(decomposed, language), "\(composed)")
            }
        }
    }

    @Test func `documents keep function words, and questions only if they have no others`() {
        #expect(terms("who is the king") == ["who", "is", "the", "king"])
        #expect(analyzer.words(of: "who is the king", [.english]) == ["king"])
        #expect(analyzer.words(of: "Who are they?", [.english]) == ["who", "are", "they"])
        let removing = Analyzer(stopWords: .removed)
        #expect(removing.terms(of: "who is the king", language: .english) == ["king"])
        #expect(removing.indexTerms(of: "who is the king", language: .english) == ["king"])
        #expect(removing.words(of: "Who are they?", [.english]).isEmpty)
        let keeping = Analyzer(stopWords: .kept)
        #expect(keeping.words(of: "who is the king", [.english]) == ["who", "is", "the", "king"])
    }

    @Test func `text without letters or digits has no terms`() {
        for text in ["", " \n\t", "!?… —", "\u{301}\u{AD}\u{200B}", "🙂", "-_.,'"] {
            #expect(terms(text).isEmpty, "\(text.debugDescription)")
            #expect(analyzer.queryTerms(of: text, languages: []).isEmpty)
        }
    }

    @Test func `very long words and compounds are cut, not lost`() {
        let long = String(repeating: "я", count: 100_000)
        #expect(terms(long).map(\.utf8.count) == [128])
        let path = Array(repeating: "a1", count: 10_000).joined(separator: ".")
        #expect(terms(path).allSatisfy { $0 == "a1" })
        #expect(terms(path).count == 10_000)
    }

    @Test func `scripts of a text are those of its letters`() {
        #expect(scripts(of: "Привет, world 2026!") == [.cyrillic, .latin])
        #expect(scripts(of: "東京タワー 한국") == [.han, .kana, .hangul])
        #expect(scripts(of: "2026 — 🙂").isEmpty)
    }
}
