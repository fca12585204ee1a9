/// The escape sequences of ISO-2022-JP, -KR and -CN (RFC 1468, 1554, 1557 and 1922), and their decoder.
///
/// A sequence selects a character set. Its two-byte characters are those of an EUC encoding without the high bits, so
/// they are decoded by the table of that encoding.
struct ISO2022 {
    private enum CharacterSet {
        /// ASCII with ¥ for the backslash and ‾ for the tilde.
        case roman
        /// Characters that an EUC encoding writes with high bits and after a prefix.
        case part(of: TextEncoding, prefix: [UInt8] = [], width: Int = 2)
    }

    /// A register that holds a character set.
    private enum Slot: Int {
        /// The default register.
        case g0
        /// Active between the bytes SO and SI.
        case g1
        /// Active for one character after `ESC N`.
        case g2
    }

    /// The bytes after ESC, the encoding that they indicate, and the selected set: nil is ASCII.
    ///
    /// `ESC ( B`, which returns to ASCII, is also sent to terminals, so it does not indicate an encoding.
    private static let sequences: [(escape: String, sign: TextEncoding?, slot: Slot, set: CharacterSet?)] = [
        ("(B", nil, .g0, nil), ("(J", .iso2022JP, .g0, .roman),
        ("(I", .iso2022JP, .g0, .part(of: .eucJP, prefix: [0x8E], width: 1)),
        ("$@", .iso2022JP, .g0, .part(of: .eucJP)), ("$B", .iso2022JP, .g0, .part(of: .eucJP)),
        ("$(D", .iso2022JP, .g0, .part(of: .eucJP, prefix: [0x8F])),
        ("$A", nil, .g0, .part(of: .gb18030)), ("$(C", nil, .g0, .part(of: .eucKR)),
        ("$)C", .iso2022KR, .g1, .part(of: .eucKR)),
        ("$)A", .iso2022CN, .g1, .part(of: .gb18030)),
        ("$)G", .iso2022CN, .g1, .part(of: .eucTW)),
        ("$*H", nil, .g2, .part(of: .eucTW, prefix: [0x8E, 0xA2])),
    ]

    /// The encoding indicated by the escape sequences in the bytes.
    static func encoding(of bytes: [UInt8]) -> TextEncoding? {
        var start = 0
        while let escape = bytes[start...].firstIndex(of: 0x1B) {
            let rest = bytes[(escape + 1)...].prefix(3)
            for sequence in sequences where rest.starts(with: sequence.escape.utf8) {
                if let sign = sequence.sign { return sign }
            }
            start = escape + 1
        }
        return nil
    }

    private let bytes: [UInt8]
    private var sets: [CharacterSet?] = [nil, nil, nil]
    private var slot = Slot.g0
    private var readers: [TextEncoding: CharsetTable.Reader] = [:]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Decodes characters into `output`; escape sequences and shifts leave a gap in its map.
    mutating func decode(into output: inout DecodedText.Builder) throws(DecodingFailure) {
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if let length = controlLength(at: offset) {
                offset += length
            } else if let set = sets[slot.rawValue], (0x21..<0x7F).contains(byte) {
                let (scalar, length) = try character(of: set, at: offset)
                output.append(scalar, source: offset, length: length)
                offset += length
                if slot == .g2 { slot = .g0 }
            } else {
                guard byte < 0x80 else { throw .badByte(offset: offset) }
                output.append(Unicode.Scalar(byte), source: offset, length: 1)
                offset += 1
                // Every line begins in ASCII.
                if byte == 0x0A { (sets[Slot.g0.rawValue], slot) = (nil, .g0) }
            }
        }
    }

    /// Applies an escape sequence or a shift and returns its length; nil if there is none.
    private mutating func controlLength(at offset: Int) -> Int? {
        switch bytes[offset] {
        case 0x0E: slot = .g1
        case 0x0F: slot = .g0
        case 0x1B:
            let rest = bytes[(offset + 1)...].prefix(3)
            if rest.first == UInt8(ascii: "N"), sets[Slot.g2.rawValue] != nil {
                slot = .g2
                return 2
            }
            guard let sequence = Self.sequences.first(where: { rest.starts(with: $0.escape.utf8) }) else { return nil }
            sets[sequence.slot.rawValue] = sequence.set
            return 1 + sequence.escape.utf8.count
        default: return nil
        }
        return 1
    }

    private mutating func character(
        of set: CharacterSet, at offset: Int
    ) throws(DecodingFailure) -> (scalar: Unicode.Scalar, length: Int) {
        guard case .part(let encoding, let prefix, let width) = set else {
            let byte = bytes[offset]
            return (byte == 0x5C ? "¥" : byte == 0x7E ? "‾" : Unicode.Scalar(byte), 1)
        }
        if readers[encoding] == nil {
            guard let table = CharsetTable.available[encoding] else { throw .missingTable(encoding) }
            readers[encoding] = CharsetTable.Reader(table)
        }
        let sequence = prefix + bytes[offset...].prefix(width).map { $0 | 0x80 }
        let found = sequence.withUnsafeBufferPointer { readers[encoding]?.character(in: $0, at: 0) }
        guard let found, found.length == prefix.count + width else { throw .badByte(offset: offset) }
        return (found.scalar, width)
    }
}
