/// Finds characters in UTF-8 that need cleaning.
enum UTF8Scan {
    /// The first offset at or after `start` of a character that may need cleaning, or the end.
    ///
    /// For scripts without combining marks (Latin, Cyrillic, kana, Han, Hangul syllables, emoji), the first bytes
    /// decide; for others, the properties of each character.
    static func firstToClean(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(InvalidUTF8) -> Int {
        let count = bytes.count
        var index = start
        while index < count {
            let lead = bytes[index]
            if lead < 0x80 {
                if lead >= 0x20 ? lead == 0x7F : (lead != 0x0A && lead != 0x09) { return index }
                index += 1
                index = endOfPrintableWords(in: bytes, from: index)
                continue
            }
            if lead & 0xFE == 0xD0, index + 1 < count, bytes[index + 1] & 0xC0 == 0x80 {
                index += 2
                continue
            }
            guard lead >= 0xC2, index + 1 < count else { throw InvalidUTF8(offset: index) }
            let second = bytes[index + 1]
            guard second & 0xC0 == 0x80 else { throw InvalidUTF8(offset: index) }
            if lead < 0xE0 {
                switch lead {
                case 0xC2: if second <= 0xA0 || second == 0xAD { return index }
                case 0xC3...0xCB, 0xCF, 0xD0, 0xD1, 0xD3, 0xD4, 0xD5: break
                case 0xCC: return index
                case 0xCE: if second == 0x87 { return index }
                case 0xD2: if second >= 0x83, second <= 0x87 { return index }
                default: if try scalar(in: bytes, at: index).value.needsCleaning { return index }
                }
                index += 2
            } else if lead < 0xF0 {
                guard index + 2 < count, bytes[index + 2] & 0xC0 == 0x80 else { throw InvalidUTF8(offset: index) }
                let isKnownSafe: Bool
                switch lead {
                case 0xE2: isKnownSafe = second == 0x80 && bytes[index + 2] >= 0x90 && bytes[index + 2] < 0xA8
                case 0xE4...0xE9, 0xEB, 0xEC: isKnownSafe = true
                case 0xED: isKnownSafe = second < 0xA0
                default: isKnownSafe = false
                }
                if !isKnownSafe, try scalar(in: bytes, at: index).value.needsCleaning { return index }
                index += 3
            } else {
                let (value, length) = try scalar(in: bytes, at: index)
                if !(value.value >= 0x1F000 && value.value < 0x20000), value.needsCleaning { return index }
                index += length
            }
        }
        return count
    }

    /// Skips printable ASCII, eight bytes at a time.
    @inline(__always)
    private static func endOfPrintableWords(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // The high bit of each byte that is not ASCII, below 0x20, or 0x7F.
            let below = word &- 0x2020_2020_2020_2020
            let delete = word &+ 0x0101_0101_0101_0101
            guard (word | below | delete) & 0x8080_8080_8080_8080 == 0 else { break }
            index += 8
        }
        return index
    }

    /// The character at an offset and its length in bytes. Only for well-formed UTF-8 (Unicode, table 3-7).
    static func scalar(
        in bytes: UnsafeBufferPointer<UInt8>, at index: Int
    ) throws(InvalidUTF8) -> (value: Unicode.Scalar, length: Int) {
        let lead = UInt32(bytes[index])
        if lead < 0x80 { return (Unicode.Scalar(UInt8(lead)), 1) }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard lead >= 0xC2, lead < 0xF5, index + length <= bytes.count else { throw InvalidUTF8(offset: index) }
        var value = lead & (0x7F >> UInt32(length))
        for next in index + 1..<index + length {
            let byte = UInt32(bytes[next])
            guard byte & 0xC0 == 0x80 else { throw InvalidUTF8(offset: index) }
            value = value << 6 | byte & 0x3F
        }
        guard value >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000), let scalar = Unicode.Scalar(value) else {
            throw InvalidUTF8(offset: index)
        }
        return (scalar, length)
    }
}

extension Unicode.Scalar {
    /// Whether cleaning may replace or remove the character, or it may compose with the previous one.
    var needsCleaning: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0x00..<0x20, 0x7F...0xA0, 0xAD, 0x061C, 0x2000, 0x2001, 0x2007, 0x200B, 0x200E, 0x200F, 0x202A...0x202F,
            0x2060, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE007F:
            true
        default: !startsCluster || mayDecompose
        }
    }

    /// Whether no previous character can compose or be reordered with it.
    var startsCluster: Bool {
        if value < 0x300 || (value >= 0x400 && value < 0x483) || (value >= 0x3400 && value < 0xA000) { return true }
        return properties.canonicalCombiningClass == .notReordered && !continuesCluster
    }

    /// Starters that compose with a previous character: NFC_Quick_Check=Maybe and combining class 0.
    private var continuesCluster: Bool {
        switch value {
        case 0x09BE, 0x09D7, 0x0B3E, 0x0B56, 0x0B57, 0x0BBE, 0x0BD7, 0x0CC2, 0x0CD5, 0x0CD6, 0x0D3E, 0x0D57, 0x0DCF,
            0x0DDF, 0x102E, 0x1161...0x1175, 0x11A8...0x11C2, 0x1B35, 0x11127, 0x1133E, 0x11357, 0x113B8, 0x113BB,
            0x113C2, 0x113C5, 0x113C7...0x113C9, 0x114B0, 0x114BA, 0x114BD, 0x115AF, 0x11930, 0x1611E...0x16120,
            0x16129, 0x16D63, 0x16D67...0x16D6A:
            true
        default: false
        }
    }

    /// Whether the single character may not be in composed form. The blocks are wider than NFC_Quick_Check=No.
    var mayDecompose: Bool {
        switch value {
        case 0x0340...0x0344, 0x0374, 0x037E, 0x0387, 0x0958...0x095F, 0x09DC...0x09DF, 0x0A33...0x0A36,
            0x0A59...0x0A5E, 0x0B5C...0x0B5D, 0x0F43...0x0FB9, 0x1F71...0x1FFD, 0x2000...0x2001, 0x2126,
            0x212A...0x212B, 0x2329...0x232A, 0x2ADC, 0xF900...0xFAFF, 0xFB1D...0xFB4E, 0x1D15E...0x1D1C0,
            0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
