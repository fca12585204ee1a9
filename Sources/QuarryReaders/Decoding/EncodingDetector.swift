/// Guesses the encoding of text that is not valid UTF-8, or finds that it is not text.
enum EncodingDetector {
    enum Verdict: Equatable {
        case text(TextEncoding)
        case binary
        /// UTF-8 except for a few bytes, the first of them at `offset`.
        case damagedUTF8(offset: Int)
        case unknown
    }

    /// The encoding named by a byte-order mark.
    static func byteOrderMark(of bytes: [UInt8]) -> TextEncoding? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8 }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]), bytes.count.isMultiple(of: 4) { return .utf32LittleEndian }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return .utf32BigEndian }
        if bytes.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        return nil
    }

    /// The number of bytes from the start that are examined.
    private static let sampleLength = 1 << 16

    /// Detects UTF-16 or UTF-32 without a byte-order mark: at least half of the bytes of ASCII characters are zero, in
    /// fixed positions.
    ///
    /// A few zeros in otherwise valid UTF-8 are damage. Decoded in pairs, such text would look Chinese.
    static func wideEncoding(of bytes: [UInt8]) -> TextEncoding? {
        let end = min(bytes.count, sampleLength) / 4 * 4
        guard end >= 2 || bytes.count == 2 else { return nil }
        var zeros = [0, 0, 0, 0]
        let sample = max(end, min(bytes.count, 2))
        for offset in 0..<sample where bytes[offset] == 0 { zeros[offset & 3] += 1 }
        let zeroCount = zeros.reduce(0, +)
        guard zeroCount > 0, zeroCount * 32 >= sample || UTF8Census(Array(bytes[..<sample])).badBytes > 3 else {
            return nil
        }
        let units = max(1, sample / 4)
        if bytes.count.isMultiple(of: 4), zeros[3] == units, zeros[2] * 8 > units * 7,
            looksLikeText(bytes, .utf32LittleEndian)
        {
            return .utf32LittleEndian
        }
        if bytes.count.isMultiple(of: 4), zeros[0] == units, zeros[1] * 8 > units * 7,
            looksLikeText(bytes, .utf32BigEndian)
        {
            return .utf32BigEndian
        }
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let even = zeros[0] + zeros[2]
        let odd = zeros[1] + zeros[3]
        if odd > even * 8, looksLikeText(bytes, .utf16LittleEndian) { return .utf16LittleEndian }
        if even > odd * 8, looksLikeText(bytes, .utf16BigEndian) { return .utf16BigEndian }
        return nil
    }

    /// Whether a sample decodes without errors, without NUL, and with few control and private-use characters.
    private static func looksLikeText(_ bytes: [UInt8], _ encoding: TextEncoding) -> Bool {
        var offset = 0
        var characters = 0
        var odd = 0
        while offset + encoding.unit <= bytes.count, offset < sampleLength {
            guard
                let (scalar, length) = try? TextDecoder.wideScalar(
                    in: bytes, at: offset, unit: encoding.unit, littleEndian: encoding.isLittleEndian)
            else { return false }
            switch scalar.value {
            case 0: return false
            case 0x09, 0x0A, 0x0D, 0x0C: break
            case 0x01..<0x20, 0x7F..<0xA0, 0xE000..<0xF900, 0xFFF0...0xFFFF: odd += 1
            default: break
            }
            characters += 1
            offset += length
        }
        return characters > 0 && odd * 50 <= characters
    }

    /// Whether the start contains NUL, or unusual control characters: more than three bytes and 2 %.
    static func isBinary(_ bytes: [UInt8]) -> Bool {
        if bytes.prefix(8192).contains(0) { return true }
        var controls = 0
        let sample = bytes.prefix(1 << 20)
        for byte in sample where byte < 0x20 {
            switch byte {
            case 0x08...0x0D, 0x1A, 0x1B: break
            default: controls += 1
            }
        }
        return controls > 3 && controls * 50 > sample.count
    }

    /// - Parameter bytes: Bytes that are not valid UTF-8, without a byte-order mark.
    static func detect(_ bytes: [UInt8]) -> Verdict {
        if let wide = wideEncoding(of: bytes) { return .text(wide) }
        if isBinary(bytes) { return .binary }
        let census = UTF8Census(bytes)
        if census.multibyteCharacters > census.badBytes, let offset = census.firstBad {
            return .damagedUTF8(offset: offset)
        }
        return LetterStatistics.guess(bytes).map { .text($0) } ?? .unknown
    }
}

/// Counts of valid and invalid UTF-8.
struct UTF8Census {
    /// Well-formed characters of more than one byte.
    var multibyteCharacters = 0
    /// Bytes that belong to no well-formed character.
    var badBytes = 0
    var firstBad: Int?

    init(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            let length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
            if length > 0, index + length <= bytes.count, isWellFormed(bytes, at: index, length: length) {
                multibyteCharacters += 1
                index += length
            } else {
                if firstBad == nil { firstBad = index }
                badBytes += 1
                index += 1
            }
        }
    }

    private func isWellFormed(_ bytes: [UInt8], at index: Int, length: Int) -> Bool {
        let lead = bytes[index]
        for next in index + 1..<index + length where bytes[next] & 0xC0 != 0x80 { return false }
        let second = bytes[index + 1]
        switch lead {
        case 0xE0: return second >= 0xA0
        case 0xED: return second < 0xA0
        case 0xF0: return second >= 0x90
        case 0xF4: return second < 0x90
        default: return true
        }
    }
}
