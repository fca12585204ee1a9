import QuarryText
import Testing

/// Words read with another keyboard or another alphabet.
struct WordReadingTests {
    @Test func `a word is read as the same keys of the other layout`() {
        let pairs = [
            ("ghbdtn", "привет"), ("Ghbdtn", "привет"), ("cgfcb,j", "спасибо"), ("[jkjlbkmybr", "холодильник"),
            ("руддщ", "hello"),
            ("ёjk", nil), ("12", nil), ("", nil), ("a1", nil), ("字", nil), ("э", nil),
        ]
        for (typed, meant) in pairs { #expect(KeyboardLayout.otherReading(of: typed) == meant, "\(typed)") }
    }

    @Test func `a Russian word in Latin letters is among its readings`() {
        let pairs = [
            ("Moskva", "москва"), ("shchuka", "щука"), ("Yuriy", "юрий"), ("Yury", "юрий"), ("Zhukov", "жуков"),
            ("khleb", "хлеб"),
            ("Rossiya", "россия"), ("Rossia", "россия"), ("ob'yekt", "обьект"), ("etazh", "этаж"),
            ("Chaykovskiy", "чайковский"),
        ]
        for (latin, russian) in pairs {
            #expect(Transliteration.russianReadings(of: latin).contains(russian), "\(latin)")
        }
    }

    @Test func `readings are bounded`() {
        for word in ["cyeycyeycyeycyey", "xxxxxxxxxx", "а", "naïve", "a1", "", String(repeating: "a", count: 41)] {
            #expect(Transliteration.russianReadings(of: word).count <= Transliteration.maximumCount)
        }
        #expect(Transliteration.russianReadings(of: "naïve").isEmpty)
    }

    @Test func `words have their ranges`() {
        let text = "Sign-off: her**on**, 12 500 字典!"
        let words = Analyzer.wordRanges(in: text).map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
        #expect(words == ["Sign-off", "her**on", "12 500", "字", "典"])
    }

    @Test func `only a text in capitals is embedded in small letters`() {
        #expect("WHO SIGNS THE LEASE?".forEmbedding == "who signs the lease?")
        #expect("ДОГОВОР АРЕНДЫ № 5, п. 7".forEmbedding == "договор аренды № 5, п. 7")
        for text in [
            "Who signs the LEASE?", "NATO, GDPR", "12 345 67890", "", "字典字典字典字典字典字典字典", "THE TENANT pays the rent",
        ] {
            #expect(text.forEmbedding == text)
        }
    }
}
