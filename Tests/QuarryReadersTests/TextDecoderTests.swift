import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct TextDecoderTests {
    /// Made by Python's codecs (Fixtures/make_encodings.py).
    private struct Fixture: Decodable {
        struct Sample: Decodable {
            var encoding: TextEncoding
            var text: String
            /// Bytes as hexadecimal and the character, which is empty for an escape sequence.
            var pieces: [[String]]
        }

        var tables: [String: [UInt32]]
        var samples: [Sample]
    }

    private func fixture() throws -> Fixture {
        let url = try #require(
            Bundle.module.url(forResource: "encodings", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }

    private func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test func `the bytes of every single-byte encoding decode as in Python`() throws {
        // glibc has ¤ for €, and Δ for ∆ and another private character for Apple's logo. Python decodes controls at
        // bytes that are undefined in TIS-620.
        let differing: [String: [Int]] = [
            "x-mac-cyrillic": [0xFF], "macintosh": [0xC6, 0xF0], "TIS-620": Array(0x80...0x9F),
        ]
        let tables = try fixture().tables
        #expect(tables.count == 22)
        for (name, table) in tables {
            let encoding = try #require(TextEncoding(rawValue: name))
            for (byte, expected) in zip(0x80...0xFF, table) where differing[name]?.contains(byte) != true {
                let decoded = try? TextDecoder.decode([UInt8(byte)], as: encoding)
                let character = decoded.map { Array(String(decoding: $0.utf8, as: UTF8.self).unicodeScalars) }
                #expect(character?.map(\.value) == (expected == 0 ? nil : [expected]), "\(name) \(byte)")
            }
        }
    }

    @Test func `a sentence in every encoding is recognised and read, and each character maps to its bytes`() throws {
        var read: Set<TextEncoding> = [
            .utf8, .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian, .eucTW, .iso2022CN,
        ]
        for sample in try fixture().samples {
            let result = PlainTextReader().read(Source(id: "a", bytes: sample.pieces.flatMap { bytes($0[0]) }))
            let document = try #require(result.documents.first, "\(sample.encoding): \(result.rejected)")
            #expect(document.text == sample.text)
            let isEscaped = sample.encoding.rawValue.hasPrefix("ISO-2022")
            #expect(result.warnings.count == (isEscaped ? 0 : 1))
            #expect(
                result.warnings.allSatisfy { $0.message.contains(" \(sample.encoding.rawValue),") },
                "\(result.warnings)")
            var source = 0
            var clean = 0
            for piece in sample.pieces {
                let length = piece[0].utf8.count / 2
                if !piece[1].isEmpty {
                    let range = document.sourceMap.sourceRange(of: clean..<clean + piece[1].utf8.count)
                    #expect(range == source..<source + length, "\(sample.encoding): \(piece[1])")
                }
                source += length
                clean += piece[1].utf8.count
            }
            read.insert(sample.encoding)
        }
        #expect(read == Set(TextEncoding.allCases))
    }

    /// Python has no codec for these.
    @Test func `Chinese in EUC-TW and ISO-2022-CN is read`() throws {
        let taiwanese = bytes(
            "d1d4c5b2dba5c4b8cabcd4afeef6c4a7d0fec4bcc5b2d6b4a1a2c8aec4b8cefbe6fbd1d2f4aecefba1a2c5eceba9ddd5d4b6c7e2"
                + "c5c9cefbc5d5f5e4d1d2d0fec9b0a1a4")
        let result = PlainTextReader().read(Source(id: "a", bytes: taiwanese))
        #expect(result.documents.map(\.text) == ["昨天晚上我們談了很久天氣，早上的路是濕的，他說這個地方的水還是很冷。"])
        #expect(result.warnings.first?.message.contains("EUC-TW") == true)

        let mixed = bytes("1b2429410e56504e4457564e521b242947542f0f206f6b0f")
        let document = try #require(PlainTextReader().read(Source(id: "a", bytes: mixed)).documents.first)
        #expect(document.text == "中文字我們 ok")
        #expect(document.sourceMap.sourceRange(of: 0..<3) == 5..<7)
        #expect(document.sourceMap.sourceRange(of: 12..<15) == 17..<19)
    }

    private func check(_ bytes: [UInt8], _ encoding: TextEncoding) {
        do {
            let decoded = try TextDecoder.decode(bytes, as: encoding)
            #expect(String(validating: decoded.utf8, as: UTF8.self) != nil || encoding == .utf8)
            var clean = 0
            var source = 0
            for segment in decoded.segments {
                #expect(segment.clean == clean && segment.source >= source && segment.count > 0)
                clean = segment.cleanEnd
                source = segment.sourceEnd
            }
            #expect(clean == decoded.utf8.count && source <= bytes.count)
        } catch DecodingFailure.badByte(let offset) {
            #expect((0..<bytes.count).contains(offset))
            // The bytes before the bad byte are valid in the encoding.
            #expect(throws: Never.self) { try TextDecoder.decode(Array(bytes[..<offset]), as: encoding) }
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: TextEncoding.allCases)
    func `no decoder crashes on random or damaged bytes, and maps are monotone`(encoding: TextEncoding) throws {
        var generator = SeededGenerator(seed: 3)
        let samples = try fixture().samples.filter { $0.encoding == encoding }.map {
            $0.pieces.flatMap { bytes($0[0]) }
        }
        for _ in 0..<300 {
            let length = Int.random(in: 0..<60, using: &generator)
            let range: ClosedRange<UInt8> = Bool.random(using: &generator) ? 0...0xFF : 0x80...0xFE
            let noise = (0..<length).map { _ in UInt8.random(in: range, using: &generator) }
            check(noise, encoding)
            // Escape sequences among bytes of seven bits.
            let escapes: [[UInt8]] = [
                [0x1B, 0x24, 0x42], [0x1B, 0x24, 0x29, 0x43, 0x0E], [0x1B], [0x0F], [0x1B, 0x4E],
            ]
            var sevenBit: [UInt8] = []
            for byte in noise {
                sevenBit.append(byte & 0x7F)
                if byte > 0xE0 { sevenBit += escapes[Int(byte) % escapes.count] }
            }
            check(sevenBit, encoding)
            guard var damaged = samples.randomElement(using: &generator) else { continue }
            damaged.remove(at: Int.random(in: damaged.indices, using: &generator))
            damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: 0...0xFF, using: &generator)
            check(damaged, encoding)
        }
    }

    @Test func `random bytes beyond ASCII are not text in any encoding`() {
        var generator = SeededGenerator(seed: 5)
        for length in [40, 400, 4000] {
            for _ in 0..<10 {
                let bytes = (0..<length).map { _ in UInt8.random(in: 0x80...0xFF, using: &generator) }
                let result = PlainTextReader().read(Source(id: "a", bytes: bytes))
                #expect(result.documents.isEmpty, "\(result.warnings)")
            }
        }
    }
}
