import QuarryCore
import QuarryText
import Testing

struct QueryTermTests {
    private let analyzer = Analyzer()

    // MARK: Languages

    @Test func `a word has a form for each language of the index`() {
        let word = analyzer.queryTerms(of: "houses", languages: [.german, .english, .russian])
        #expect(word.count == 1)
        #expect(word[0].forms.first == "de:hous" && word[0].forms.contains("hous"))
        #expect(analyzer.words(of: "houses", [.english, .german]) == ["hous"])
        #expect(analyzer.words(of: "Wie werden die Häuser gebaut?", [.english, .german]) == ["de:haus", "de:gebaut"])
    }

    @Test func `a stem meets only documents of its language`() {
        // The German stem of the one word is the English stem of the other.
        #expect(analyzer.terms(of: "Rater", language: .german) == analyzer.terms(of: "rat", language: .english))
        #expect(!analyzer.finds("The rat is here.", as: .english, by: "Rater", in: [.german]))
        #expect(analyzer.finds("Die Rater sind da.", as: .german, by: "rat", in: [.german]))
    }

    @Test func `every word of a document finds it, whatever language it was taken for`() {
        let texts = [
            "Der Bürgermeister verlängert die Versicherungen der Gemeinden.",
            "Los ayuntamientos prorrogan los seguros municipales.", "The councils renewed their insurances yearly.",
            "Les mairies prolongent l'assurance des communes.", "Kommunerna förlänger försäkringarna.",
            "Городские управы продлевают страховки ежегодно.", "Schröder's dog isn't O'Brien's.",
        ]
        let held: [Language] = [.english, .german, .spanish, .french, .swedish, .russian]
        for text in texts {
            for guess in held.map(Optional.some) + [nil] {
                let indexed = Set(analyzer.indexTerms(of: text, language: guess))
                for word in text.split(whereSeparator: { " .,".contains($0) }) {
                    for term in analyzer.queryTerms(of: String(word), languages: held) {
                        #expect(
                            !indexed.isDisjoint(with: term.forms), "\(word) in \(text) as \(guess?.rawValue ?? "-")")
                    }
                }
            }
        }
    }

    @Test func `a language that few documents were taken for does not remove another language's words`() {
        let question = analyzer.queryTerms(of: "comment on sans plus pour", languages: [.french, .english])
        #expect(!question.isEmpty)
        #expect(analyzer.words(of: "What is the plus of it?", [.french]).count == 1)
    }

    // MARK: Compounds

    @Test func `a compound counts as its words would apart`() {
        func weight(_ text: String) -> Double {
            analyzer.queryTerms(of: text, languages: [.english]).reduce(0) { $0 + $1.weight }
        }
        for name in ["x-ray", "E-1042", "T-cell", "c++", "48 300", "48.300", "1.234.567", "A4", "sha"] {
            #expect(abs(weight(name) - 1) < 1e-9, "\(name)")
        }
        for name in ["parseFile", "foo_bar", "ISO-8601", "well-known", "COVID-19", "Apollo1", "sha256"] {
            #expect(abs(weight(name) - 2) < 1e-9, "\(name)")
        }
        #expect(abs(weight("22.08.2026") - 3) < 1e-9)
    }

    @Test(arguments: [
        ("Send an e-mail.", "email"), ("Send an email.", "e-mail"), ("The lay-off is due.", "layoff"),
        ("The layoff is due.", "lay-off"), ("Wi-Fi", "wifi"), ("COVID-19", "covid19"), ("covid19", "COVID-19"),
        ("E-Mail-Adresse", "email"), ("E-Mail-Adresse", "Emailadresse"), ("интернет-магазин", "интернетмагазин"),
        ("The inter-\nnational office", "international"), ("A docu-\r\n   mented case", "documented"),
        ("Wasser-\nversorgung", "Wasserversorgung"), ("the well-\nknown case", "well-known"),
        ("> the inter-\n> national office", "international"),
        ("**B**reakwater", "breakwater"), ("<b>B</b>reakwater", "breakwater"), ("break<wbr>water", "breakwater"),
        ("caf&eacute;", "café"), ("K&#246;hler and K&#xF6;hler", "Köhler"), ("inter&shy;national", "international"),
        ("Stra&szlig;e", "Strasse"), ("&Scaron;koda", "škoda"), ("R&amp;D", "d"),
    ])
    func `words are found by their other spelling`(_ document: String, _ question: String) {
        for language in [Language.english, .german] {
            #expect(analyzer.finds(document, as: language, by: question, in: [.english, .german]), "\(language)")
        }
    }

    @Test(arguments: [
        ("~~break~~water", "breakwater"), ("`break`waters", "breakwaters"),
        ("[light](https://a.test/b)houses", "lighthouses"),
        ("light[house](#top)", "lighthouse"), ("light<!-- soft -->house", "lighthouse"),
        ("a CO<sub>2</sub> sensor", "CO2"), ("C<sub>6</sub>H<sub>12</sub>O<sub>6</sub>", "C6H12O6"),
        ("an area of 40 m<sup>2</sup>", "m2"), ("light\u{200B}house", "lighthouse"),
        ("light&#8203;house", "lighthouse"),
        ("light&ZeroWidthSpace;house", "lighthouse"), ("light&#x200b;house", "lighthouse"),
        ("**мая**ки на берегу", "маяки"),
        ("north\u{2212}west", "northwest"), ("north\u{FE63}west", "north-west"), ("[light](#a)house", "lighthouse"),
    ])
    func `words are found through the marks inside them`(_ document: String, _ question: String) {
        #expect(analyzer.finds(document, as: .english, by: question, in: [.english]))
    }

    @Test(arguments: [
        ("[light](https://a.test/beacon)house", "beacon"), ("light<!-- of the pilot -->house", "pilot"),
        ("[light](https://a.test/beacon)house", "lighthouse"), ("[l](#a)i[g](b/lantern)ht", "lantern"),
    ])
    func `words of an address or comment that divides a word are found`(_ document: String, _ question: String) {
        #expect(analyzer.finds(document, as: .english, by: question, in: [.english]))
    }

    @Test(arguments: ["table[row]", "a ~ b", "light <house>", "light [house] (x)", "light] (house)", "3*4", "x~y"])
    func `marks that a reader sees do not join words`(_ text: String) {
        #expect(!analyzer.indexTerms(of: text, language: nil).contains { $0.hasPrefix("\u{1}") }, "\(text)")
    }

    @Test(arguments: [
        ("Тверь·Ржев", "Ржев"), ("10 кВт·ч", "кВт"), ("10 N·m", "N"), ("una col·lecció", "col"),
        ("24<sup>6</sup>", "24"),
    ])
    func `a raised dot and a power do not swallow their neighbours`(_ document: String, _ question: String) {
        #expect(analyzer.finds(document, by: question, in: []))
        #expect(
            !analyzer.indexTerms(of: document, language: nil).contains { $0.hasPrefix("\u{1}") || $0.contains("·") })
    }

    @Test func `separators of other countries group the same number`() {
        for spelling in ["4,83,512", "483٬512", "483·512", "٤٨٣٬٥١٢"] {
            #expect(analyzer.finds("a sum of \(spelling) coins", by: "483512", in: [.english]), "\(spelling)")
        }
        for spelling in ["1,02,48,351.25", "10٬248٬351٫25", "10·248·351,25", "10,248,351.25"] {
            #expect(analyzer.finds(spelling, by: "10248351.25", in: []), "\(spelling)")
        }
        for apart in ["1,02,03", "123,45,678", "1,2,345,6", "4·5"] {
            let terms = analyzer.indexTerms(of: apart, language: nil)
            #expect(!terms.contains { $0.count > 4 }, "\(terms)")
        }
    }

    @Test func `numbers are found however they are grouped`() {
        let spellings = ["48300", "48 300", "48.300", "48,300", "48'300", "48’300", "48\u{A0}300", "48&nbsp;300"]
        for document in spellings {
            for question in spellings {
                #expect(
                    analyzer.finds("cost \(document) euros", by: question, in: [.english]), "\(document) \(question)")
            }
        }
        #expect(analyzer.finds("1 250 000,50 рублей", by: "1250000.5", in: []) == false)
        #expect(analyzer.finds("1 250 000,50 рублей", by: "1250000.50", in: []))
        #expect(analyzer.finds("page 48 300 copies", by: "300", in: []))
        for apart in ["2026 300", "48 3000", "48 30", "01 234", "48  300", "48 300x", "x48 300"] {
            #expect(
                !analyzer.indexTerms(of: apart, language: nil).contains { $0.hasPrefix("\u{1}") && $0.count > 4 },
                "\(apart)")
        }
    }

    @Test func `other spellings do not count as words`() {
        let terms = analyzer.indexTerms(of: "A lay-off of 48 300 in 饮水", language: .english)
        #expect(terms.filter { !$0.hasPrefix("\u{1}") } == ["a", "lay", "off", "of", "48", "300", "in", "饮水"])
        #expect(terms.filter { $0.hasPrefix("\u{1}") } == ["\u{1}layoff", "\u{1}48300", "\u{1}饮", "\u{1}水"])
    }

    // MARK: Scripts

    @Test func `a single character finds the runs that contain it`() {
        for (run, character) in [("院子里饮水", "水"), ("饮水很好", "水"), ("水", "水"), ("고양이", "양"), ("ネコ", "コ")] {
            #expect(analyzer.finds(run, by: character, in: []), "\(run)")
        }
        #expect(!analyzer.finds("院子里饮水", by: "猫", in: []))
        let question = analyzer.queryTerms(of: "饮热水", languages: [])
        #expect(question.filter { $0.weight == 1 }.compactMap(\.forms.first) == ["饮热", "热水"])
        #expect(question.filter { $0.weight < 1 }.compactMap(\.forms.first) == ["饮", "热", "水"])
    }

    @Test(arguments: [
        ("Schroeder", "Schröder"), ("Schröder", "Schroeder"), ("Loewe", "Löwe"), ("Jaeger", "Jäger"),
        ("שָׁלוֹם", "שלום"), ("كِتَابٌ", "كتاب"), ("كتـــاب", "كتاب"), ("ёлка", "елка"),
    ])
    func `spelling variants find each other`(_ first: String, _ second: String) {
        for language in [nil, Language.english, .german, .danish] {
            #expect(analyzer.finds(first, as: language, by: second, in: [.english, .german, .danish]), "\(first)")
            #expect(analyzer.finds(second, as: language, by: first, in: [.english, .german, .danish]), "\(second)")
        }
    }

    @Test func `Danish and Swedish letters have their own variants`() {
        #expect(analyzer.finds("Århus", as: .danish, by: "Aarhus", in: [.danish]))
        #expect(analyzer.finds("Aarhus", as: .danish, by: "Århus", in: [.danish]))
        #expect(analyzer.finds("Søren", as: .norwegian, by: "Soeren", in: [.norwegian]))
        #expect(analyzer.finds("Soeren", as: .norwegian, by: "Søren", in: [.norwegian]))
        #expect(analyzer.finds("Malmö", as: .swedish, by: "Malmoe", in: [.swedish]))
    }
}

extension Analyzer {
    /// The first form of each word of a question.
    func words(of question: String, _ languages: [Language]) -> [String] {
        queryTerms(of: question, languages: languages).compactMap(\.forms.first)
    }

    /// Whether each word of a question has a form in a document.
    func finds(_ document: String, as language: Language? = nil, by question: String, in held: [Language]) -> Bool {
        let indexed = Set(indexTerms(of: document, language: language))
        let terms = queryTerms(of: question, languages: held)
        return !terms.isEmpty && terms.allSatisfy { !indexed.isDisjoint(with: $0.forms) }
    }
}
