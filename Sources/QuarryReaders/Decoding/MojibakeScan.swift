/// Finds characters of UTF-8 that were read in a single-byte encoding.
struct MojibakeScan {
    struct Sequence {
        /// The bytes of the text.
        var range: Range<Int>
        /// The character that they were.
        var scalar: Unicode.Scalar
        /// Whether right text does not have these characters in a row.
        var isStrong = false
        var lead: UInt8
        /// The second of the characters.
        var second: UInt32
    }

    /// Sequences of one line with only ASCII between them.
    private struct Stretch {
        var sequences: [Sequence] = []
        var line: Int
    }

    private let page: CodePage
    private var stretches: [Stretch] = []
    /// Lines with a character outside ASCII that is in no sequence.
    private var mixedLines: Set<Int> = []

    /// With this many certain sequences, lines of nothing else are repaired, too.
    private static let confirming = 3

    // MARK: Scanning

    /// Whether there is a sequence that may be one. Most right texts have none.
    static func mayFind(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var offset = 0
        while offset + 2 < bytes.count {
            let byte = bytes[offset]
            if byte == 0xC3, bytes[offset + 1] >= 0x82 {
                switch bytes[offset + 2] {
                case 0xC2, 0xC5, 0xC6, 0xCB, 0xE2: return true
                default: break
                }
            } else if byte == 0xD0, bytes[offset + 1] == 0xA0 || bytes[offset + 1] == 0xA1 || bytes[offset + 1] == 0xB2
            {
                let next = offset + 3 < bytes.count ? bytes[offset + 3] : 0
                switch bytes[offset + 2] {
                case 0xC2, 0xD2, 0xE2: return true
                case 0xD0 where next < 0x90, 0xD1 where next > 0x8F: return true
                default: break
                }
            }
            offset += 1
        }
        return false
    }

    /// Nil if the bytes are not UTF-8.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, _ page: CodePage) {
        self.page = page
        var (offset, line, previous) = (0, 0, UInt32(0x20))
        var open = Stretch(line: 0)
        var isMixed = false
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x80 {
                if byte == 0x0A {
                    close(&open)
                    line += 1
                    isMixed = false
                    open.line = line
                }
                previous = UInt32(byte)
                offset += 1
                continue
            }
            guard let (scalar, width) = Self.scalar(bytes, at: offset) else { return nil }
            if let sequence = sequence(bytes, at: offset, after: previous) {
                open.sequences.append(sequence)
                offset = sequence.range.upperBound
                previous = sequence.scalar.value
            } else {
                close(&open)
                if !isMixed { mixedLines.insert(line) }
                isMixed = true
                previous = scalar
                offset += width
            }
        }
        close(&open)
    }

    private mutating func close(_ open: inout Stretch) {
        if !open.sequences.isEmpty { stretches.append(open) }
        open.sequences = []
    }

    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (UInt32, width: Int)? {
        let first = bytes[offset]
        let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC2, first < 0xF5, offset + width <= bytes.count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(width))
        for next in offset + 1..<offset + width {
            guard bytes[next] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(bytes[next] & 0x3F)
        }
        return (value, width)
    }

    /// The sequence that begins at an offset.
    private func sequence(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, after previous: UInt32) -> Sequence? {
        guard let (first, width) = Self.scalar(bytes, at: start), let lead = page.byte(first), lead >= 0xC2, lead < 0xF5
        else { return nil }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard start + width < bytes.count, bytes[start + width] >= 0x80 else { return nil }
        var encoded = [lead]
        var (end, second, hasControl) = (start + width, UInt32(0), false)
        while encoded.count < length {
            guard end < bytes.count, bytes[end] >= 0x80, let (scalar, width) = Self.scalar(bytes, at: end),
                let byte = page.byte(scalar), byte & 0xC0 == 0x80
            else { return nil }
            if encoded.count == 1 { second = scalar }
            if scalar < 0xA0 { hasControl = true }
            encoded.append(byte)
            end += width
        }
        guard let text = String(validating: encoded, as: UTF8.self), let scalar = text.unicodeScalars.first,
            Self.isPlausible(scalar.value)
        else { return nil }
        var sequence = Sequence(range: start..<end, scalar: scalar, lead: lead, second: second)
        sequence.isStrong = hasControl || isStrong(encoded, second, scalar.value, after: previous)
        return sequence
    }

    // MARK: Judging

    /// Letters of the scripts that are much used, punctuation, signs and emoji.
    private static func isPlausible(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xA0...0x17F, 0x218...0x21B, 0x370...0x52F, 0x5D0...0x6FF, 0x900...0xDFF, 0xE00...0xE7F, 0x10A0...0x10FF,
            0x1E00...0x1EFF, 0x2010...0x2027, 0x202F...0x205E, 0x20A0...0x20BF, 0x2100...0x22FF, 0x25A0...0x27BF,
            0x3000...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFEFF, 0x1F300...0x1FAFF:
            true
        default: false
        }
    }

    /// Second characters after `Ã` or `Â` that no word and no quotation has there.
    private static let strongSeconds: Set<UInt32> = Set(
        "€ƒ†‡ˆ‰ŠŒŽ˜šœžŸ¡¢£¤¥¦§¨©¬¯°±³´µ¶¸¼½¾¿".unicodeScalars.map(\.value))

    private func isStrong(_ encoded: [UInt8], _ second: UInt32, _ scalar: UInt32, after previous: UInt32) -> Bool {
        switch encoded[0] {
        // `â€™` and `вЂ™`, `â‚¬`, `â„¢`.
        case 0xE2: return [0x80, 0x82, 0x84].contains(encoded[1])
        case 0xEF: return scalar == 0xFEFF
        case 0xF0: return !page.isCyrillic && scalar >= 0x1F300
        case 0xC2, 0xC3:
            return !page.isCyrillic && Self.strongSeconds.contains(second) && !Self.isCapital(previous)
        default: return false
        }
    }

    /// Whether a word in capitals may have the lead as its last letter: `MAÇÔ`.
    private static func isCapital(_ scalar: UInt32) -> Bool {
        Unicode.Scalar(scalar)?.properties.isUppercase ?? false
    }

    /// The sequences to repair.
    mutating func certain() -> [Sequence] {
        let certain = stretches.map(isCertain)
        let count = zip(stretches, certain).reduce(0) { $0 + ($1.1 ? $1.0.sequences.count : 0) }
        guard count > 0 else { return [] }
        return zip(stretches, certain).flatMap { stretch, isCertain in
            isCertain || (count >= Self.confirming && !mixedLines.contains(stretch.line)) ? stretch.sequences : []
        }
    }

    private func isCertain(_ stretch: Stretch) -> Bool {
        if stretch.sequences.contains(where: \.isStrong) { return true }
        if page.isCyrillic { return hasCyrillicChain(stretch.sequences) }
        return stretch.sequences.count >= 3 && Set(stretch.sequences.map(\.scalar)).count >= 3
    }

    /// Whether three letters follow each other, of which one would be a small letter before a capital, or a sign within
    /// a word.
    private func hasCyrillicChain(_ sequences: [Sequence]) -> Bool {
        var (length, isOdd, end, second) = (0, false, -1, UInt32(0))
        for sequence in sequences where sequence.lead == 0xD0 || sequence.lead == 0xD1 {
            if sequence.range.lowerBound != end {
                (length, isOdd) = (0, false)
            } else if Self.isSmallOrSign(second) {
                isOdd = true
            }
            length += 1
            (end, second) = (sequence.range.upperBound, sequence.second)
            if length >= 3, isOdd { return true }
        }
        return false
    }

    private static func isSmallOrSign(_ scalar: UInt32) -> Bool {
        switch scalar {
        // «, », quotation marks, dashes and dots follow capitals in right text.
        case 0xA0, 0xAB, 0xBB, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2026: false
        case 0x80...0xBF, 0x2000...0x2BFF: true
        default: Unicode.Scalar(scalar)?.properties.isLowercase ?? false
        }
    }
}
