import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

/// Text that was decoded wrongly once and saved so.
struct MojibakeTests {
    private func read(_ text: String) throws -> (text: String, warnings: [Rejection], document: Document) {
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: Array(text.utf8)))
        let document = try #require(result.documents.first, "\(result.rejected)")
        return (document.text, result.warnings, document)
    }

    /// The text as it is when its UTF-8 is read in another encoding.
    private func misread(_ text: String, as encoding: String.Encoding) throws -> String {
        try #require(String(data: Data(text.utf8), encoding: encoding))
    }

    @Test(arguments: [
        ("Привет", "ÐŸÑ€Ð¸Ð²ÐµÑ‚"), ("Привет, мир", "РџСЂРёРІРµС‚, РјРёСЂ"), ("café", "cafÃ©"), ("it’s", "itâ€™s"),
        ("it’s", "itвЂ™s"), ("25 °C", "25 Â°C"), ("€5", "â‚¬5"), ("Größe", "GrÃ¶ÃŸe"),
        ("naïve à la", "naÃ¯ve Ã\u{A0} la"),
        ("it’s", "itÃ¢â‚¬â„¢s"),
    ])
    func `known forms are repaired`(right: String, wrong: String) throws {
        let read = try read(wrong)
        #expect(read.text == right)
        #expect(read.warnings.map(\.reason) == [.repairedText])
    }

    @Test func `sentences of many languages come back from each encoding`() throws {
        let latin: [String.Encoding] = [.windowsCP1252, .isoLatin1]
        for text in [
            "Съешь же ещё этих мягких французских булок, да выпей чаю. А я — нет!", "Zażółć gęślą jaźń.",
            "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "私はガラスを食べられます", "Đây là một câu tiếng Việt có dấu.",
            "Ça coûte 5 € à l’été.",
        ] {
            for encoding in latin + [.windowsCP1251] {
                guard let wrong = String(data: Data(text.utf8), encoding: encoding),
                    encoding != .windowsCP1251 || text.hasPrefix("С")
                else { continue }
                #expect(try read(wrong).text == text, "\(wrong)")
            }
        }
    }

    @Test func `a repaired character leads to the bytes of what it was`() throws {
        let source = "First line.\nUn cafÃ© noir.\n"
        let read = try read(source)
        #expect(read.text == "First line.\nUn café noir.\n")
        #expect(try read.document.written("é", in: source) == "Ã©")
        #expect(try read.document.written("noir", in: source) == "noir")
        let markdown = "# ÐŸÑ€Ð¸Ð²ÐµÑ‚\n\ntext"
        let document = try #require(
            MarkdownReader().read(Source(id: "a.md", bytes: Array(markdown.utf8))).documents.first)
        #expect(document.title == "Привет")
        #expect(try document.written("т", in: markdown) == "Ñ‚")
    }

    @Test(arguments: [
        "« Â »", "«\u{A0}Â\u{A0}»", "“MAÇÔ", "NÃO É “SÃ…", "CAFÉ… IDÉE… ÉTÉ”", "Đà Nẵng, ÂU Cơ, ĂN",
        "5 Å±0.2 and 6 Å±0.1",
        "АКТЁР» и «В» СССР…", "РІК СІРІ Сім’я, Рік", "Р…С…Р…", "Ñ… Ñ”", "“café”»", "Рё", "Ångström Ä…", "Àö", "Ð", "Â",
        "São Paulo, Ãgua", "Î”x", "Ø§",
    ])
    func `right text stays`(text: String) throws {
        let read = try read("x " + text)
        #expect(read.text == "x " + text.replacing("\u{A0}", with: " "))
        #expect(!read.warnings.contains { $0.reason == .repairedText })
    }

    @Test func `a short word is repaired only beside certain ones`() throws {
        #expect(try read("Ð¸ Ð²\n").text == "Ð¸ Ð²\n")
        #expect(try read("ÐŸÑ€Ð¸Ð²ÐµÑ‚\nÐ¸\nÐ² «Ñ…»\n").text == "Привет\nи\nÐ² «Ñ…»\n")
    }

    @Test func `JSON Lines and HTML are repaired, too`() throws {
        let line = "{\"_id\": \"1\", \"text\": \"Un cafÃ© noir\"}\n"
        let records = JSONLReader().read(Source(id: "a.jsonl", bytes: Array(line.utf8)))
        #expect(records.documents.first?.text == "Un café noir")
        #expect(records.warnings.map(\.reason) == [.repairedText])
        #expect(try records.documents.first?.written("é", in: line) == "Ã©")
        let page = HTMLReader().read(Source(id: "a.html", bytes: Array("<p>Un cafÃ© noir</p>".utf8)))
        #expect(page.documents.first?.text == "Un café noir")
    }

    @Test func `no right text of the shared documents changes`() throws {
        guard SharedAssets.has("documents") else { return }
        let root = SharedAssets.path + "/documents"
        var count = 0
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            guard name.hasSuffix(".md") || name.hasSuffix(".txt"),
                let data = FileManager.default.contents(atPath: root + "/" + name)
            else { continue }
            count += 1
            let result = PlainTextReader().read(Source(id: name, bytes: Array(data)))
            #expect(!result.warnings.contains { $0.reason == .repairedText }, "\(name)")
        }
        #expect(count > 100)
    }

    @Test func `maps stay within the source for any mixture`() throws {
        let pieces = [
            "Ð", "Ñ", "Ÿ", "€", "â", "™", "Ã", "©", "Р", "С", "џ", "ѕ", "\u{90}", "\u{A0}", "\u{AD}", "é", "я", "日",
            "x", " ",
            "\n", "ÐŸÑ€Ð¸Ð²ÐµÑ‚", "РџСЂРёРІРµС‚", "ðŸ˜€", "e\u{301}",
        ]
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<400 {
            var source = "x"
            for _ in 0..<25 { source += pieces.randomElement(using: &generator) ?? "" }
            let document = try read(source).document
            var last = (clean: 0, source: 0)
            for segment in document.sourceMap.segments {
                #expect(segment.clean == last.clean && segment.source >= last.source)
                last = (segment.cleanEnd, segment.sourceEnd)
            }
            #expect(last.clean == document.text.utf8.count && last.source <= source.utf8.count)
        }
    }

    @Test func `time grows with the length only`() throws {
        for piece in ["ÐŸ", "Ð", "â€", "Р°", "РџСЂ ", "Ã©\n", "«Ð¸»"] {
            let text = String(repeating: piece, count: 300_000 / piece.utf8.count)
            #expect(try ContinuousClock().measure { _ = try read(text) } < .seconds(20), "\(piece)")
        }
    }
}
