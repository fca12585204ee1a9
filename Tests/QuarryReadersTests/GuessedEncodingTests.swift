import Foundation
import QuarryCore
import QuarryReaders
import Testing

struct GuessedEncodingTests {
    @Test(arguments: [0, 1]) func `two-byte characters are recognised wherever the sample ends`(shift: Int) {
        let word: [UInt8] = [0xC1, 0xDF, 0xBE, 0xD3, 0xB5, 0xB5, 0xBC, 0xAD, 0xB0, 0xFC, 0xC0, 0xCC]
        let bytes = Array(repeating: UInt8(ascii: "a"), count: shift) + (0..<6_000).flatMap { _ in word }
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: bytes))
        #expect(result.documents.first?.text.hasSuffix("중앙도서관이") == true)
        #expect(result.warnings.first?.message.contains("EUC-KR") == true, "\(result.rejected)")
    }

    private func read(_ text: String, in encoding: String.Encoding) throws -> ReadResult {
        let data = try #require(text.data(using: encoding))
        return PlainTextReader().read(Source(id: "a.txt", bytes: Array(data)))
    }

    @Test func `sentences in Windows-1251 are read as they were written, with a warning`() throws {
        let text = """
            Вчера вечером мы долго спорили о погоде. «Завтра будет дождь», — сказал сосед и оказался прав.
            К утру дороги размыло, а почта опоздала на три часа. Щенок спал под столом, эхо гремело в горах.
            """
        let result = try read(text, in: .windowsCP1251)
        #expect(result.documents.map(\.text) == [text])
        #expect(result.rejected.isEmpty)
        #expect(result.warnings.map(\.reason) == [.guessedEncoding])
        #expect(result.warnings.first?.message.contains("windows-1251") == true)
    }

    @Test func `sentences in Windows-1252 are read as they were written, with a warning`() throws {
        let text = """
            “It’s only a café,” she said — naïve as ever… Ticket: £5 or €6, 20 °C in the shade.
            Die Bäckerei öffnet früh, die Straße ist noch leer. Où est passé le garçon ? À l’école, peut-être.
            El niño soñó con un pingüino: ¿qué hacía allí? Não há pão, mas a canção é bonita.
            """
        let result = try read(text, in: .windowsCP1252)
        #expect(result.documents.map(\.text) == [text])
        #expect(result.warnings.map(\.reason) == [.guessedEncoding])
        #expect(result.warnings.first?.message.contains("windows-1252") == true)
    }

    @Test(arguments: [
        (String.Encoding.windowsCP1251, "Привет"), (.windowsCP1251, "Договор аренды вступает в силу"),
        (.windowsCP1251, "ИНСТРУКЦИЯ ПО ЭКСПЛУАТАЦИИ"), (.windowsCP1251, "Click OK и нажмите Enter"),
        (.windowsCP1251, "Він прийшов учора ввечері"), (.windowsCP1251, "Да"), (.windowsCP1251, "Щука, хвощ, эхо"),
        (EncodingTests.koi8R, "Свежий хлеб лежит на столе"),
        (.windowsCP1252, "Größe"), (.windowsCP1252, "ÜBERSICHT ÜBER DIE GRÖSSEN"), (.windowsCP1252, "café"),
        (.windowsCP1252, "Škoda"), (.windowsCP1252, "It’s"), (.windowsCP1252, "© 2020 Smith"),
        (.windowsCP1252, "£5 and €6"), (.windowsCP1252, "½ cup of sugar, ¼ of milk"), (.windowsCP1252, "m² and cm³"),
        (.windowsCP1252, "• item one\n• item two"), (.windowsCP1252, "São João"), (.windowsCP1252, "l’œuvre"),
        (.windowsCP1252, "Rødgrød med fløde på"), (.windowsCP1252, "perché città più"),
    ])
    func `a few letters are enough for supported encodings`(encoding: String.Encoding, text: String) throws {
        let result = try read(text, in: encoding)
        #expect(result.documents.map(\.text) == [text], "\(result.rejected)")
        #expect(result.warnings.map(\.reason) == [.guessedEncoding])
    }

    @Test(arguments: [
        (
            String.Encoding.windowsCP1250,
            "Dobrý večer, přišel jsem pozdě. Řeka byla ještě studená a všude ležel sníh.", ["windows-1250"]
        ),
        (.isoLatin2, "Dobrý den, jak se máte? Děkuji, dobře.", ["windows-1250", "ISO-8859-2"]),
        (.isoLatin2, "Dziękuję bardzo, wszystko w porządku", ["ISO-8859-2"]),
        (
            .windowsCP1250, "Az időjárás ma nagyon szép, az erdő zöld, a felhők fehérek.",
            ["windows-1250", "ISO-8859-2"]
        ),
        (.isoLatin2, "Bună ziua, ce mai faceţi? Mulţumesc, şi dumneavoastră?", ["windows-1250", "ISO-8859-2"]),
        (.windowsCP1250, "Čovjek je došao kući, ali nije našao ključ.", ["windows-1250"]),
        (.windowsCP1253, "Ο καιρός είναι σήμερα πολύ καλός.", ["windows-1253", "ISO-8859-7"]),
        (.windowsCP1254, "Günaydın, nasılsınız? Teşekkür ederim, iyiyim.", ["windows-1254"]),
    ])
    func `sentences in rarer encodings are read as they were written, with a warning`(
        encoding: String.Encoding, text: String, names: [String]
    ) throws {
        let result = try read(text, in: encoding)
        #expect(result.documents.map(\.text) == [text], "\(result.rejected)")
        #expect(result.warnings.map(\.reason) == [.guessedEncoding])
        // If two encodings have the same bytes for all letters of a text, either name is right.
        #expect(names.contains { result.warnings.first?.message.contains($0) == true }, "\(result.warnings)")
    }

    @Test func `text that is equal in two encodings is not rejected`() throws {
        let text = "Köszönöm szépen, jól vagyok. A fák zöldek, és süt a nap."
        #expect(try read(text, in: .windowsCP1250).documents.map(\.text) == [text])
    }

    @Test func `Japanese with escape sequences is read, and terminal colours are not mistaken for it`() async throws {
        let formats = ReaderRegistry()
        for name in ["a.txt", "a.md", "a.jsonl"] {
            let isJSON = name == "a.jsonl"
            let start = isJSON ? "{\"text\":\"t\"}\n{\"text\":\"" : "first\n"
            let bytes = Array((start + "\u{1B}$B$3$s\u{1B}(B" + (isJSON ? "\"}\n" : "\n")).utf8)
            let result = try await formats.read(Source(id: name, bytes: bytes))
            let document = try #require(result.documents.last, "\(result.rejected)")
            #expect(document.text.hasSuffix("こん") || document.text.hasSuffix("こん\n"))
            #expect(result.warnings.isEmpty)
            let kana = try #require(document.text.utf8.firstIndex(of: 0xE3))
            let offset = document.text.utf8.distance(from: document.text.utf8.startIndex, to: kana)
            let range = document.sourceMap.sourceRange(of: offset..<offset + 3)
            #expect(range == start.utf8.count + 3..<start.utf8.count + 5)
        }
        let broken = PlainTextReader().read(Source(id: "a.txt", bytes: Array("first\n\u{1B}$B$3 n\u{1B}(B\n".utf8)))
        #expect(broken.rejected.map(\.reason) == [.undecodable])
        #expect(broken.rejected.first?.line == 2)
        let log = PlainTextReader().read(Source(id: "a.log", bytes: Array("\u{1B}[31mred\u{1B}(B\u{1B}[m done".utf8)))
        #expect(log.documents.count == 1)
    }

    @Test func `every reader warns of a guess, none of UTF-8 or UTF-16`() async throws {
        let formats = ReaderRegistry()
        let texts = [
            "a.txt": "Свежий хлеб лежит на столе", "a.md": "# Свежий хлеб\n\nлежит на столе",
            "a.jsonl": #"{"_id": "a", "text": "Свежий хлеб лежит на столе"}"#,
        ]
        for (name, text) in texts {
            for (encoding, count) in [
                (String.Encoding.windowsCP1251, 1), (.utf8, 0), (.utf16, 0), (.utf16LittleEndian, 0),
            ] {
                let data = try #require(text.data(using: encoding))
                let result = try await formats.read(Source(id: name, bytes: Array(data)))
                #expect(result.documents.count == 1, "\(name) \(encoding)")
                #expect(result.warnings.map(\.reason) == Array(repeating: .guessedEncoding, count: count))
            }
        }
    }

    /// Needs ../shared/eval/formats/text-encodings beside the package; the names of its folders are the expectation.
    @Test(
        .enabled(if: SharedAssets.has("formats/text-encodings"), "../shared/eval/formats/text-encodings is absent"),
        arguments: [
            ("Big5", TextEncoding.big5), ("CP932", .shiftJIS), ("CP949", .eucKR), ("EUC-JP", .eucJP),
            ("EUC-KR", .eucKR), ("EUC-TW", .eucTW), ("GB2312", .gb18030), ("IBM855", .cp855), ("Johab", .johab),
            ("SHIFT_JIS", .shiftJIS), ("TIS-620", .tis620), ("iso-2022-jp", .iso2022JP), ("iso-2022-kr", .iso2022KR),
            ("iso-8859-2-croatian", .iso88592), ("iso-8859-2-czech", .iso88592), ("iso-8859-2-hungarian", .iso88592),
            ("iso-8859-2-polish", .iso88592), ("iso-8859-2-slovak", .iso88592), ("iso-8859-2-slovene", .iso88592),
            ("iso-8859-6-arabic", .iso88596), ("iso-8859-7-greek", .iso88597), ("iso-8859-9-turkish", .windows1254),
            ("windows-1250-croatian", .windows1250), ("windows-1250-czech", .windows1250),
            ("windows-1250-hungarian", .windows1250), ("windows-1250-polish", .windows1250),
            ("windows-1250-romanian", .windows1250), ("windows-1250-slovak", .windows1250),
            ("windows-1250-slovene", .windows1250), ("windows-1254-turkish", .windows1254),
            ("windows-1255-hebrew", .windows1255), ("windows-1256-arabic", .windows1256),
        ])
    func `real files in rarer encodings are read in the encoding they are in`(
        folder: String, encoding: TextEncoding
    ) throws {
        for file in try SharedAssets.names(in: "formats/text-encodings/" + folder) {
            let bytes = try SharedAssets.bytes("formats/text-encodings/\(folder)/\(file)")
            let result = PlainTextReader().read(Source(id: file, bytes: bytes))
            // A list of rare characters is not likely text.
            if file == "www2.chuo-u.ac.jp-suishin.xml" {
                #expect(result.rejected.map(\.reason) == [.undecodable])
                continue
            }
            let expected = try cleaned(TextDecoder.decode(bytes, as: encoding).utf8)
            #expect(result.documents.map(\.text) == [expected], "\(folder)/\(file) \(result.rejected)")
        }
    }
}
