import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

/// Cleans text as every reader does, after a first line that keeps it from being empty.
func cleaned(_ bytes: [UInt8]) throws -> String {
    let document = try #require(
        PlainTextReader().read(Source(id: "a.txt", bytes: Array("x\n".utf8) + bytes)).documents.first)
    return String(document.text.unicodeScalars.dropFirst(2))
}

/// Offsets between units of the map and between characters.
func cuts(of document: Document) -> [Int] {
    var boundaries = Set([0])
    var offset = 0
    for scalar in document.text.unicodeScalars {
        offset += UTF8.width(scalar)
        boundaries.insert(offset)
    }
    var cuts = Set([0])
    for segment in document.sourceMap.segments {
        for unit in 0...segment.count { cuts.insert(segment.clean + unit * segment.cleanUnit) }
    }
    return boundaries.intersection(cuts).sorted()
}

struct CleaningTests {
    @Test(arguments: [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"), ("x\u{A0}y\u{202F}z\u{2007}1", "x y z 1"), ("пере\u{AD}нос", "перенос"),
        ("a\u{200B}b\u{2060}c\u{FEFF}d", "abcd"), ("за\u{301}мок и замо\u{301}к", "замок и замок"),
        ("бо\u{300}льшая", "большая"), ("и\u{306} е\u{308} И\u{306}", "й ё Й"), ("е\u{308}\u{301}лка", "ёлка"),
        ("е\u{301}\u{308}лка", "ёлка"), ("и\u{AD}\u{306}", "й"), ("й\u{301}", "й\u{301}"), ("cafe\u{301}", "café"),
        ("\u{212B}\u{2126}", "ÅΩ"), ("\u{1100}\u{1161}\u{11A8}", "각"), ("ab\u{7}\u{1B}c\u{7F}d", "abcd"),
        ("\u{202E}abc\u{202C}\u{2066}\u{200F}", "abc"), ("tab\there", "tab\there"),
        ("one\u{B}two\u{C}three\u{85}four", "one\ntwo\nthree\nfour"), ("г\u{301}", "ѓ"),
        ("👨‍👩‍👧 «ёлки»…", "👨‍👩‍👧 «ёлки»…"), ("ѝ ѐ", "ѝ ѐ"), ("\u{301}a", "\u{301}a"),
    ])
    func `cleaning maps many forms to one`(raw: String, expected: String) throws {
        #expect(Array(try cleaned(Array(raw.utf8)).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test func `bidirectional controls are counted`() {
        let result = PlainTextReader().read(Source(id: "a", bytes: Array("\u{202E}abc\u{202C}".utf8)))
        #expect(result.bidirectionalControls == 2)
    }

    @Test func `clean text has the identity map`() throws {
        let text = "Съешь ещё этих мягких французских булок, да выпей чаю.\nPack my box — 五 dozen 🍺 jugs.\n"
        let document = try #require(PlainTextReader().read(Source(id: "a", bytes: Array(text.utf8))).documents.first)
        #expect(document.text == text)
        #expect(document.sourceMap == SourceMap(identityOf: text))
    }

    @Test(arguments: ["\n", "\r\n", "\r", "\t", "\u{85}"])
    func `a mark after a line end or a tab maps to its own bytes`(end: String) throws {
        let source = "x\(end)\u{301}y"
        let document = try #require(PlainTextReader().read(Source(id: "a", bytes: Array(source.utf8))).documents.first)
        let start = 1 + end.utf8.count
        #expect(document.sourceMap.sourceRange(of: 1..<2) == 1..<start)
        #expect(document.sourceMap.sourceRange(of: 2..<4) == start..<start + 2)
    }

    @Test func `front matter is cut off before a mark that follows it`() throws {
        let source = "---\r\na: 1\r\n---\r\n\u{301}x"
        let document = try #require(
            MarkdownReader().read(Source(id: "a.md", bytes: Array(source.utf8))).documents.first)
        #expect(document.sourceMap.sourceRange(of: 0..<3) == 16..<19)
    }

    static let alphabet: [String] = [
        "a", "B", " ", "\n", "\t", "\u{B}", "\u{C}", "\u{85}", "\r", "\r\n", "о", "е", "и", "й", "ё", "Ж", "\u{301}",
        "\u{300}", "\u{306}", "\u{308}",
        "\u{327}", "\u{A0}", "\u{AD}", "\u{200B}", "\u{FEFF}", "\u{202E}", "\u{2007}", "\u{212B}", "\u{1100}",
        "\u{1161}", "\u{11A8}", "각", "\u{F900}", "\u{0344}", "中", "🍺", "\u{3099}", "か", "\u{7F}", "e", "\u{2000}",
        "\u{0958}", "\u{05BF}", "ש", "\u{1D15E}",
    ]

    @Test(arguments: 0..<300)
    func `cleaning the source of any stretch gives the stretch`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var raw = "x\n"
        for _ in 0..<Int.random(in: 0..<60, using: &generator) {
            raw += String.init(Self.alphabet.randomElement(using: &generator) ?? "")
        }
        let bytes = Array(raw.utf8)
        let result = PlainTextReader().read(Source(id: "a", bytes: bytes))
        let document = try #require(result.documents.first)
        let text = Array(document.text.utf8)
        #expect(document.sourceMap.segments.last?.cleanEnd == text.count)
        #expect(
            Array(document.text.unicodeScalars)
                == Array(document.text.precomposedStringWithCanonicalMapping.unicodeScalars))
        #expect(try cleaned(text) == document.text, "cleaning twice changes nothing")
        let cuts = cuts(of: document)
        for _ in 0..<20 {
            let ends = [cuts.randomElement(using: &generator) ?? 0, cuts.randomElement(using: &generator) ?? 0].sorted()
            let range = ends[0]..<ends[1]
            let source = document.sourceMap.sourceRange(of: range)
            #expect(
                try Array(cleaned(Array(bytes[source])).utf8) == Array(text[range]), "\(raw.debugDescription) \(range)")
        }
    }
}
