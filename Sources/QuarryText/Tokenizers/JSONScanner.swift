/// A JSON value (RFC 8259). Members keep their order.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt8])
    case array([JSONValue])
    case object([JSONMember])

    /// The value of a member; nil where there is none or this is no object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }
}

struct JSONMember: Sendable, Hashable {
    var key: String
    var value: JSONValue
}

/// Reads JSON from left to right, so that large vocabularies go straight to where they belong.
struct JSONScanner {
    private let bytes: [UInt8]
    private(set) var position = 0

    private static let maximumDepth = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next byte that is not white space, without taking it.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    func malformed(_ expected: String) -> TokenizerError {
        TokenizerError(.malformed, "The tokenizer file is not JSON: byte \(position) should be \(expected).")
    }

    mutating func take(_ byte: UInt8) throws(TokenizerError) {
        guard peek() == byte else { throw malformed("'\(Character(Unicode.Scalar(byte)))'") }
        position += 1
    }

    /// Takes a comma, or the closing byte: whether a further element follows.
    private mutating func takeSeparator(orEnd end: UInt8) throws(TokenizerError) -> Bool {
        guard let byte = peek(), byte == 0x2C || byte == end else {
            throw malformed("',' or '\(Character(Unicode.Scalar(end)))'")
        }
        position += 1
        return byte == 0x2C
    }

    /// Scans an array, calling `element` where each of its elements starts.
    mutating func scanArray(
        _ element: (inout JSONScanner) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        try take(0x5B)
        if peek() == 0x5D {
            position += 1
            return
        }
        repeat { try element(&self) } while try takeSeparator(orEnd: 0x5D)
    }

    /// Scans an object, calling `member` with each key where its value starts.
    mutating func scanObject(
        _ member: (inout JSONScanner, [UInt8]) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        try take(0x7B)
        if peek() == 0x7D {
            position += 1
            return
        }
        var key: [UInt8] = []
        repeat {
            key.removeAll(keepingCapacity: true)
            try scanString(into: &key)
            try take(0x3A)
            try member(&self, key)
        } while try takeSeparator(orEnd: 0x7D)
    }

    mutating func scanValue(depth: Int = 0) throws(TokenizerError) -> JSONValue {
        guard depth < JSONScanner.maximumDepth else {
            throw TokenizerError(
                .malformed, "The tokenizer file nests deeper than \(JSONScanner.maximumDepth) levels.")
        }
        switch peek() {
        case 0x7B:
            var members: [JSONMember] = []
            try scanObject { (scanner, key) throws(TokenizerError) in
                let value = try scanner.scanValue(depth: depth + 1)
                members.append(JSONMember(key: String(decoding: key, as: UTF8.self), value: value))
            }
            return .object(members)
        case 0x5B:
            var elements: [JSONValue] = []
            try scanArray { (scanner) throws(TokenizerError) in
                elements.append(try scanner.scanValue(depth: depth + 1))
            }
            return .array(elements)
        case 0x22:
            var string: [UInt8] = []
            try scanString(into: &string)
            return .string(string)
        case 0x74: return try takeWord("true", .bool(true))
        case 0x66: return try takeWord("false", .bool(false))
        case 0x6E: return try takeWord("null", .null)
        default: return .number(try scanNumber())
        }
    }

    /// Makes sure that nothing but white space is left.
    mutating func scanEnd() throws(TokenizerError) {
        guard peek() == nil else { throw malformed("the end") }
    }

    private mutating func takeWord(_ word: String, _ value: JSONValue) throws(TokenizerError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw malformed("'\(word)'") }
        position += word.utf8.count
        return value
    }

    mutating func scanNumber() throws(TokenizerError) -> Double {
        _ = peek()
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: position += 1
            default:
                return try number(in: start..<position)
            }
        }
        return try number(in: start..<position)
    }

    private func number(in range: Range<Int>) throws(TokenizerError) -> Double {
        guard let first = range.first, bytes[first] != 0x2B, bytes[first] != 0x2E,
            let number = Double(String(decoding: bytes[range], as: UTF8.self)), number.isFinite
        else {
            throw TokenizerError(
                .malformed, "The tokenizer file is not JSON: byte \(range.lowerBound) starts no value.")
        }
        return number
    }

    /// Appends the string's text as UTF-8.
    mutating func scanString(into string: inout [UInt8]) throws(TokenizerError) {
        try take(0x22)
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0x22:
                position += 1
                return
            case 0x5C: try scanEscape(into: &string)
            case 0..<0x20: throw malformed("no bare control character")
            default:
                string.append(byte)
                position += 1
            }
        }
        throw malformed("'\"'")
    }

    private mutating func scanEscape(into string: inout [UInt8]) throws(TokenizerError) {
        guard position + 1 < bytes.count else { throw malformed("an escape") }
        let escape = bytes[position + 1]
        position += 2
        switch escape {
        case 0x22, 0x5C, 0x2F: string.append(escape)
        case 0x62: string.append(0x08)
        case 0x66: string.append(0x0C)
        case 0x6E: string.append(0x0A)
        case 0x72: string.append(0x0D)
        case 0x74: string.append(0x09)
        case 0x75: string.append(utf8Of: try scanCodePoint())
        default: throw malformed("an escape")
        }
    }

    /// The scalar of `\uXXXX`, the two bytes before already taken; of a surrogate pair both halves.
    private mutating func scanCodePoint() throws(TokenizerError) -> Unicode.Scalar {
        let first = try scanFourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[position...].starts(with: [0x5C, 0x75]) else {
            throw malformed("the second half of a surrogate pair")
        }
        position += 2
        let second = try scanFourDigits()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw malformed("the second half of a surrogate pair") }
        return scalar
    }

    private mutating func scanFourDigits() throws(TokenizerError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw malformed("a hexadecimal digit")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
