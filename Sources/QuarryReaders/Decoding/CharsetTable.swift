/// The characters of an encoding other than Unicode, read from iconv once in a process.
///
/// The table contains sequences of one and two bytes. Longer ones are rare and are converted on demand.
struct CharsetTable: Sendable {
    private enum Mark {
        static let invalid: UInt32 = .max
        static let incomplete: UInt32 = .max - 1
    }

    private let charset: String
    /// Scalar values or marks, by the first byte.
    private var first: [UInt32]
    /// Indexed by the first byte minus 0x80 and the second byte; empty for a single-byte encoding.
    private var second: [UInt32] = []

    /// Nil if iconv has no table for the charset.
    init?(charset: String) {
        guard let iconv = Iconv(charset) else { return nil }
        func entry(_ sequence: [UInt8]) -> UInt32 {
            switch iconv.meaning(of: sequence) {
            case .scalar(let scalar): scalar.value
            case .incomplete: Mark.incomplete
            case .invalid: Mark.invalid
            }
        }
        self.charset = charset
        first = (0...UInt8.max).map { entry([$0]) }
        guard first.contains(Mark.incomplete) else { return }
        second = [UInt32](repeating: Mark.invalid, count: 128 * 256)
        for lead in UInt8(0x80)...0xFF where first[Int(lead)] == Mark.incomplete {
            // No multi-byte encoding has a second byte below the digits.
            for trail in UInt8(0x30)...0xFF { second[(Int(lead) - 0x80) << 8 | Int(trail)] = entry([lead, trail]) }
        }
    }

    /// The characters of the bytes 0x80...0xFF; nil if a single byte is not a character.
    var upperHalf: [Unicode.Scalar?] { first[0x80...].map { Unicode.Scalar($0) } }

    /// The tables of all encodings that the system supports.
    static let available: [TextEncoding: CharsetTable] = {
        var tables: [TextEncoding: CharsetTable] = [:]
        for encoding in TextEncoding.allCases { tables[encoding] = encoding.charset.flatMap(CharsetTable.init) }
        return tables
    }()

    /// Encodings that the system's iconv does not know.
    static let missing = TextEncoding.allCases.filter { $0.charset != nil && available[$0] == nil }

    /// Reads characters from bytes, one at a time.
    struct Reader {
        private let table: CharsetTable
        /// Opened for the first sequence of more than two bytes.
        private var iconv: Iconv?

        init(_ table: CharsetTable) { self.table = table }

        /// The character at an offset and its length in bytes; nil for invalid bytes.
        @inline(__always)
        mutating func character(
            in bytes: UnsafeBufferPointer<UInt8>, at offset: Int
        ) -> (scalar: Unicode.Scalar, length: Int)? {
            let lead = bytes[offset]
            var entry = table.first[Int(lead)]
            if let scalar = Unicode.Scalar(entry) { return (scalar, 1) }
            guard entry == Mark.incomplete, lead >= 0x80, offset + 1 < bytes.count else { return nil }
            entry = table.second[(Int(lead) - 0x80) << 8 | Int(bytes[offset + 1])]
            if let scalar = Unicode.Scalar(entry) { return (scalar, 2) }
            return entry == Mark.incomplete ? longCharacter(in: bytes, at: offset) : nil
        }

        private mutating func longCharacter(
            in bytes: UnsafeBufferPointer<UInt8>, at offset: Int
        ) -> (scalar: Unicode.Scalar, length: Int)? {
            if iconv == nil { iconv = Iconv(table.charset) }
            for length in 3...4 where offset + length <= bytes.count {
                switch iconv?.meaning(of: Array(bytes[offset..<offset + length])) {
                case .scalar(let scalar)?: return (scalar, length)
                case .incomplete?: continue
                case .invalid?, nil: return nil
                }
            }
            return nil
        }
    }
}
