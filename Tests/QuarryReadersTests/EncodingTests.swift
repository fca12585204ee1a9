import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct EncodingTests {
    static let russian = """
        Договор аренды вступает в силу со дня подписания. Ёлка стоит в зале — нарядная, «пушистая».
        Мы увидели её ещё утром: снег шёл всю ночь, и дорога исчезла. Общая площадь № 12 составляет 40 м.\r
        В случае просрочки платежа арендатор уплачивает пеню за каждый день.
        """
    static let french = """
        L'été dernier, nous avons visité le château où naquit la reine. Elle préférait déjà les forêts.
        Der Schlüssel hängt über der Tür, die größer ist als früher. El niño durmió mañana.
        """

    static let eightBit: [(String.Encoding, String)] = [
        (.windowsCP1251, russian),
        (
            koi8R,
            russian.replacing("№", with: "N").replacing("«", with: "").replacing("»", with: "").replacing(
                "—", with: "-")
        ),
        (cp866, russian.replacing("«", with: "").replacing("»", with: "").replacing("—", with: "-")),
        (.windowsCP1252, french),
    ]
    static let koi8R = String.Encoding(rawValue: 0x8000_0A02)
    static let cp866 = String.Encoding(rawValue: 0x8000_0419)

    /// Decodes by Foundation, and by the reader through the map, stretch by stretch.
    private func check(_ bytes: [UInt8], _ decode: (Data) -> String?, seed: UInt64) throws {
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: bytes))
        let document = try #require(result.documents.first, "\(result.rejected)")
        let text = Array(document.text.utf8)
        let cuts = cuts(of: document)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let ends = [cuts.randomElement(using: &generator) ?? 0, cuts.randomElement(using: &generator) ?? 0].sorted()
            let source = document.sourceMap.sourceRange(of: ends[0]..<ends[1])
            let stretch = try #require(decode(Data(bytes[source])))
            #expect(try cleaned(Array(stretch.utf8)) == String(decoding: text[ends[0]..<ends[1]], as: UTF8.self))
        }
        #expect(
            document.sourceMap.lines(of: text.count - 1..<text.count).lowerBound
                == document.text.split(separator: "\n").count)
    }

    @Test(arguments: 0..<4)
    func `eight-bit text maps back to its bytes`(index: Int) throws {
        let (encoding, text) = Self.eightBit[index]
        // Without the table of an encoding, Foundation cannot make the sample.
        guard let data = text.data(using: encoding) else { return }
        try check(Array(data), { String(data: $0, encoding: encoding) }, seed: 7)
    }

    @Test(arguments: [
        (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]), (.utf16LittleEndian, []),
        (.utf16BigEndian, []), (.utf32LittleEndian, [0xFF, 0xFE, 0, 0]), (.utf32BigEndian, [0, 0, 0xFE, 0xFF]),
        (.utf32LittleEndian, []), (.utf32BigEndian, []), (.utf8, [0xEF, 0xBB, 0xBF]),
    ])
    func `wide text maps back to its bytes`(encoding: String.Encoding, mark: [UInt8]) throws {
        let text = Self.russian + " 🍺 e\u{301} \u{AD}x"
        let data = try #require(text.data(using: encoding))
        try check(mark + Array(data), { String(data: $0, encoding: encoding) }, seed: 11)
    }

    @Test func `a damaged byte in UTF-8 is an error with its line, and nothing is replaced`() throws {
        var bytes = Array("первая строка\nвторая строка\n".utf8)
        bytes.insert(0xFF, at: bytes.count - 3)
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: bytes))
        #expect(result.documents.isEmpty)
        #expect(result.rejected.first?.reason == .undecodable)
        #expect(result.rejected.first?.line == 2)
    }

    @Test func `no encoding is guessed after a byte-order mark of UTF-8`() throws {
        // «Привет, мир» in Windows-1251, after a line of ASCII.
        let text: [UInt8] = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0x20, 0xEC, 0xE8, 0xF0]
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        #expect(PlainTextReader().read(Source(id: "a.txt", bytes: text)).documents.count == 1)
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: mark + Array("one\n".utf8) + text))
        #expect(result.rejected.map(\.reason) == [.undecodable])
        #expect(result.rejected.first?.line == 2)
        #expect(result.rejected.first?.message.contains("Byte 7 is not UTF-8") == true)
        let record = Array("{\"text\":\"".utf8) + text + Array("\"}\n{\"_id\":\"b\",\"text\":\"t\"}".utf8)
        #expect(JSONLReader().read(Source(id: "a.jsonl", bytes: record)).documents.count == 2)
        let marked = JSONLReader().read(Source(id: "a.jsonl", bytes: mark + record))
        #expect(marked.documents.map(\.id) == ["b"])
        #expect(marked.rejected.map(\.reason) == [.undecodable])
    }

    @Test(arguments: [
        ([], Rejection.Reason.empty), ([0x20, 0x0A], .empty), ([0xEF, 0xBB, 0xBF], .empty),
        ([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0], .binary), (Array(repeating: 1, count: 100), .binary),
        ([0xFF, 0xFE, 0x41, 0x00, 0x00], .undecodable), ([0xFF, 0xFE, 0x00, 0xDC, 0x41, 0x00], .undecodable),
    ])
    func `binary and empty sources are rejected with a reason`(bytes: [UInt8], reason: Rejection.Reason) {
        let result = PlainTextReader().read(Source(id: "a.txt", bytes: bytes))
        #expect(result.documents.isEmpty)
        #expect(result.rejected.map(\.reason) == [reason])
    }

    /// Needs ../shared/eval/formats/text-encodings beside the package; the names of its folders are the expectation.
    @Test(
        .enabled(if: SharedAssets.has("formats/text-encodings"), "../shared/eval/formats/text-encodings is absent"),
        arguments: [
            ("KOI8-R", "koi8-r"), ("windows-1251-russian", "windows-1251"), ("windows-1251-bulgarian", "windows-1251"),
            ("IBM866", "cp866"), ("MacCyrillic", "x-mac-cyrillic"), ("iso-8859-5-russian", "iso-8859-5"),
            ("UTF-16", "utf-16"), ("UTF-16LE", "utf-16le"), ("UTF-16BE", "utf-16be"), ("UTF-32", "utf-32"),
            ("UTF-32LE", "utf-32le"),
            ("UTF-32BE", "utf-32be"), ("iso-8859-5-bulgarian", "iso-8859-5"), ("iso-8859-1", "windows-1252"),
            ("windows-1252", "windows-1252"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("ascii", "ascii"),
        ])
    func `real files are read in the encoding they are in`(folder: String, name: String) throws {
        let encoding = try #require(Self.foundationEncoding(name))
        let path = SharedAssets.path + "/formats/text-encodings/" + folder
        for file in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            let bytes = try SharedAssets.bytes("formats/text-encodings/\(folder)/\(file)")
            guard let expected = String(data: Data(bytes), encoding: encoding) else { continue }
            // For a reader, eight-bit text with zeros is binary, although browsers show it.
            if name == "ascii", bytes.contains(0) { continue }
            let result = PlainTextReader().read(Source(id: file, bytes: bytes))
            #expect(
                try result.documents.first?.text == cleaned(Array(expected.utf8)),
                "\(folder)/\(file) \(result.rejected)")
        }
    }

    private static func foundationEncoding(_ name: String) -> String.Encoding? {
        switch name {
        case "koi8-r": koi8R
        case "windows-1251": .windowsCP1251
        case "cp866": cp866
        case "windows-1252": .windowsCP1252
        case "x-mac-cyrillic": String.Encoding(rawValue: 0x8000_0007)
        case "iso-8859-5": String.Encoding(rawValue: 0x8000_0205)
        case "utf-16": .utf16
        case "utf-16le": .utf16LittleEndian
        case "utf-16be": .utf16BigEndian
        case "utf-32": .utf32
        case "utf-32le": .utf32LittleEndian
        case "utf-32be": .utf32BigEndian
        case "utf-8", "ascii": .utf8
        default: nil
        }
    }

    @Test(arguments: ["Plain text about the train station of the town. ", "Станция стоит у самого города, там тихо. "])
    func `UTF-8 with a zero byte is not read as Chinese`(sentence: String) {
        for count in [1, 2, 20, 400] {
            for place in [0, 7, 30] {
                var bytes = (0..<count).flatMap { _ in Array(sentence.utf8) }
                if !bytes.count.isMultiple(of: 4) { bytes += [UInt8](repeating: 0x20, count: 4 - bytes.count % 4) }
                bytes[place] = 0
                let result = PlainTextReader().read(Source(id: "a.txt", bytes: bytes))
                #expect(result.documents.isEmpty && result.rejected.map(\.reason) == [.binary], "\(count), \(place)")
            }
        }
    }
}
