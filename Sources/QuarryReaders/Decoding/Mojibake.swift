import QuarryCore

/// Text that was once decoded in a wrong encoding and saved so, such as `cafÃ©`, `ÐŸÑ€Ð¸Ð²ÐµÑ‚` or `РџСЂРёРІРµС‚`,
/// with the characters that it had.
///
/// UTF-8 that is read as Windows-1252, Latin-1 or Windows-1251 gives two to four characters for each. They are found by
/// the reverse: their bytes in that encoding are a character of UTF-8. Right text holds such pairs by chance, mostly a
/// capital before a quotation mark, so a stretch of a line is repaired only if it has a pair that does not occur in right
/// text, or several. The idea is that of ftfy (R. Speer, 2019, doi:10.5281/zenodo.2591652); the rules are those of
/// ``MojibakeScan``.
struct Mojibake {
    private(set) var utf8: [UInt8]
    /// From ``utf8`` to the given text.
    private(set) var segments: [SourceMap.Segment]
    /// The number of characters that were repaired.
    private(set) var count: Int
    /// Text that was decoded wrongly more often stays partly wrong.
    private static let passes = 3

    /// Nil if nothing is to be repaired, or the bytes are not UTF-8.
    /// - Complexity: O(bytes).
    init?(in bytes: [UInt8]) {
        guard var repaired = bytes.withUnsafeBufferPointer(Self.pass) else { return nil }
        for _ in 1..<Self.passes {
            guard let next = repaired.utf8.withUnsafeBufferPointer(Self.pass) else { break }
            repaired.utf8 = next.utf8
            repaired.segments = SourceMap.composition(of: next.segments, over: repaired.segments)
        }
        self = repaired
    }

    private init(utf8: [UInt8], segments: [SourceMap.Segment], count: Int) {
        (self.utf8, self.segments, self.count) = (utf8, segments, count)
    }

    private static func pass(_ bytes: UnsafeBufferPointer<UInt8>) -> Mojibake? {
        guard MojibakeScan.mayFind(in: bytes) else { return nil }
        var pairs: [MojibakeScan.Sequence] = []
        for page in CodePage.all {
            guard var scan = MojibakeScan(bytes, page) else { return nil }
            pairs += scan.certain()
        }
        pairs.sort { $0.range.lowerBound < $1.range.lowerBound }
        guard !pairs.isEmpty else { return nil }
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count)
        var map = SourceMapBuilder()
        var start = 0
        for pair in pairs where pair.range.lowerBound >= start {
            utf8 += bytes[start..<pair.range.lowerBound]
            map.append(source: start, count: pair.range.lowerBound - start)
            let character = Array(String(pair.scalar).utf8)
            utf8 += character
            map.append(source: pair.range.lowerBound, cleanUnit: character.count, sourceUnit: pair.range.count)
            start = pair.range.upperBound
        }
        utf8 += bytes[start...]
        map.append(source: start, count: bytes.count - start)
        return Mojibake(utf8: utf8, segments: map.segments, count: pairs.count)
    }
}

/// A single-byte encoding that UTF-8 is mistaken for.
struct CodePage {
    /// The bytes of the characters by their numbers; 0 for those without one.
    private let bytes: [UInt8]
    let isCyrillic: Bool

    static let all = [CodePage(windows1252, isCyrillic: false), CodePage(windows1251, isCyrillic: true)]

    private init(_ upper: String, isCyrillic: Bool) {
        var bytes = [UInt8](repeating: 0, count: 0x2123)
        // Bytes without a character are often kept as control characters of Latin-1.
        for byte in 0x80...0x9F { bytes[byte] = UInt8(byte) }
        for (index, scalar) in upper.unicodeScalars.enumerated() where scalar != "\u{FFFD}" {
            bytes[Int(scalar.value)] = UInt8(0x80 + index)
        }
        if isCyrillic {
            for letter in 0x410...0x44F { bytes[letter] = UInt8(letter - 0x410 + 0xC0) }
        } else {
            for byte in 0xA0...0xFF { bytes[byte] = UInt8(byte) }
        }
        (self.bytes, self.isCyrillic) = (bytes, isCyrillic)
    }

    func byte(_ scalar: UInt32) -> UInt8? {
        guard scalar < UInt32(bytes.count) else { return nil }
        let byte = bytes[Int(scalar)]
        return byte == 0 ? nil : byte
    }

    private static let windows1252 = "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ"
    private static let windows1251 =
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—�™љ›њќћџ\u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї"
}
