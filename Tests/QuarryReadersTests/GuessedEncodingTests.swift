import Foundation
import QuarryCore
import QuarryReaders
import Testing

struct GuessedEncodingTests {
    @Test(arguments: [0, 1]) func `a long text of pairs is known wherever the sample ends`(shift: Int) {
        let word: [UInt8] = [0xC1, 0xDF, 0xBE, 0xD3, 0xB5, 0xB5, 0xBC, 0xAD, 0xB0, 0xFC, 0xC0, 0xCC]
        let bytes = Array(repeating: UInt8(ascii: "a"), count: shift) + (0..<6_000).flatMap { _ in word }
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: bytes))
        #expect(result.rejected.first?.message.contains("EUC-KR") == true, "\(result)")
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
    func `few letters are enough for encodings that are read`(encoding: String.Encoding, text: String) throws {
        let result = try read(text, in: encoding)
        #expect(result.documents.map(\.text) == [text], "\(result.rejected)")
        #expect(result.warnings.map(\.reason) == [.guessedEncoding])
    }

    @Test(arguments: [
        (
            String.Encoding.windowsCP1250,
            "Dobrý večer, přišel jsem pozdě. Řeka byla ještě studená a všude ležel sníh.", "1250"
        ),
        (.isoLatin2, "Dobrý den, jak se máte? Děkuji, dobře.", "iconv"),
        (.isoLatin2, "Dziękuję bardzo, wszystko w porządku", "8859-2"),
        (.windowsCP1250, "Az időjárás ma nagyon szép, az erdő zöld, a felhők fehérek.", "UTF-8"),
        (.isoLatin2, "Bună ziua, ce mai faceţi? Mulţumesc, şi dumneavoastră?", "UTF-8"),
        (.windowsCP1250, "Čovjek je došao kući, ali nije našao ključ.", "1250"),
        (.windowsCP1253, "Ο καιρός είναι σήμερα πολύ καλός.", "Greek"),
        (.windowsCP1254, "Günaydın, nasılsınız? Teşekkür ederim, iyiyim.", "Turkish"),
    ])
    func `what is in other encodings is rejected with the way to convert it`(
        encoding: String.Encoding, text: String, name: String
    ) throws {
        let result = try read(text, in: encoding)
        #expect(result.documents.isEmpty)
        #expect(result.rejected.map(\.reason) == [.undecodable])
        let message = try #require(result.rejected.first?.message)
        #expect(message.contains(name) && message.contains("iconv -f"), "\(message)")
    }

    @Test func `text in which both encodings agree is no reason to reject it`() throws {
        let text = "Köszönöm szépen, jól vagyok. A fák zöldek, és süt a nap."
        #expect(try read(text, in: .windowsCP1250).documents.map(\.text) == [text])
    }

    @Test func `Japanese behind escape sequences is rejected, colours of a terminal are not`() async {
        let formats = ReaderRegistry()
        for name in ["a.txt", "a.md", "a.jsonl"] {
            let bytes = Array("first\n\u{1B}$B$3$s\u{1B}(B\n".utf8)
            let result = try? await formats.read(Source(id: name, bytes: bytes))
            #expect(result?.documents.isEmpty == true)
            #expect(result?.rejected.map(\.reason) == [.undecodable])
            #expect(result?.rejected.first?.line == 2)
            #expect(result?.rejected.first?.message.contains("iconv -f ISO-2022-JP") == true)
        }
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
            "Big5", "CP932", "CP949", "EUC-JP", "EUC-KR", "EUC-TW", "GB2312", "IBM855", "Johab", "SHIFT_JIS", "TIS-620",
            "iso-2022-jp", "iso-2022-kr", "iso-8859-2-croatian", "iso-8859-2-czech", "iso-8859-2-hungarian",
            "iso-8859-2-polish", "iso-8859-2-slovak", "iso-8859-2-slovene", "iso-8859-6-arabic", "iso-8859-7-greek",
            "iso-8859-9-turkish", "windows-1250-croatian", "windows-1250-czech", "windows-1250-hungarian",
            "windows-1250-polish", "windows-1250-romanian", "windows-1250-slovak", "windows-1250-slovene",
            "windows-1254-turkish", "windows-1255-hebrew", "windows-1256-arabic",
        ])
    func `real files in encodings that are not read never pass`(folder: String) throws {
        for file in try SharedAssets.names(in: "formats/text-encodings/" + folder) {
            let bytes = try SharedAssets.bytes("formats/text-encodings/\(folder)/\(file)")
            let result = PlainTextReader().read(Source(id: file, bytes: bytes))
            #expect(result.documents.isEmpty, "\(folder)/\(file): \(result.warnings)")
            #expect(result.rejected.map(\.reason) == [.undecodable], "\(folder)/\(file)")
            #expect(result.rejected.first?.message.contains("UTF-8") == true)
        }
    }
}
