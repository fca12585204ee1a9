/// A fault in JSON.
struct JSONFault: Error {
    /// From the start of the scanned bytes.
    var offset: Int
    var message: String
}

/// A value, as the range of bytes that it stands in.
enum JSONValue {
    case string(JSONString)
    case number(Range<Int>)
    case bool(Bool)
    case null
    /// Its elements are found by ``JSONScanner/elements(of:in:maximum:)``.
    case array(Range<Int>)
    case object([(key: JSONString, value: JSONValue)], Range<Int>)

    var kind: String {
        switch self {
        case .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A string between its quotes.
struct JSONString {
    var range: Range<Int>
    var hasEscapes: Bool
}

/// Checks JSON (RFC 8259) and finds its values without copying them. Strings are checked for escapes and controls, and
/// not yet for UTF-8.
struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var index: Int
    let end: Int

    /// Deeper nesting is a fault.
    static let maximumDepth = 256

    init(bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    /// The one value that fills the range.
    mutating func document() throws(JSONFault) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        if index < end { throw fault("something follows the record") }
        return value
    }

    private func fault(_ message: String) -> JSONFault { JSONFault(offset: index, message: message) }

    private mutating func skipSpace() {
        while index < end {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard index < end else { throw fault("the line ends where a value should be") }
        guard depth <= JSONScanner.maximumDepth else {
            throw fault("nested more than \(JSONScanner.maximumDepth) deep")
        }
        switch bytes[index] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw fault("no value begins like this")
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONFault) {
        for position in 0..<word.utf8CodeUnitCount {
            guard index + position < end, bytes[index + position] == word.utf8Start[position] else {
                throw fault("no value begins like this")
            }
        }
        index += word.utf8CodeUnitCount
    }

    private mutating func number() throws(JSONFault) -> Range<Int> {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let integer = index
        let integerDigits = try digits()
        if integerDigits > 1, bytes[integer] == UInt8(ascii: "0") { throw fault("a number begins with 0") }
        if index < end, bytes[index] == UInt8(ascii: ".") {
            index += 1
            _ = try digits()
        }
        if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < end, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            _ = try digits()
        }
        return start..<index
    }

    private mutating func digits() throws(JSONFault) -> Int {
        let start = index
        while index < end, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
        if index == start { throw fault("a number lacks a digit") }
        return index - start
    }

    private mutating func string() throws(JSONFault) -> JSONString {
        index += 1
        let start = index
        var hasEscapes = false
        var position = start
        while position < end {
            position = endOfPlainWords(from: position)
            guard position < end else { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                index = position + 1
                return JSONString(range: start..<position, hasEscapes: hasEscapes)
            }
            if byte < 0x20 {
                throw JSONFault(
                    offset: position, message: "a string holds a control character that is not escaped")
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            position += 1
        }
        throw JSONFault(offset: start - 1, message: "a string is not closed")
    }

    /// Skips bytes that are no quote, backslash or control, eight at a time.
    @inline(__always)
    private func endOfPlainWords(from start: Int) -> Int {
        var position = start
        let raw = UnsafeRawBufferPointer(bytes)
        let ones: UInt64 = 0x0101_0101_0101_0101
        while position + 8 <= end {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let found =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
            guard found & (ones &* 0x80) == 0 else { break }
            position += 8
        }
        return position
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
        let start = index
        index += 1
        skipSpace()
        if index < end, bytes[index] == UInt8(ascii: "]") {
            index += 1
            return .array(start..<index)
        }
        while true {
            skipSpace()
            _ = try value(depth: depth + 1)
            skipSpace()
            guard index < end else { throw fault("an array is not closed") }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "]") { return .array(start..<index) }
            if byte != UInt8(ascii: ",") { throw JSONFault(offset: index - 1, message: "an array lacks a comma") }
        }
    }

    /// The elements of an array that was scanned before.
    ///
    /// - Throws: ``JSONFault`` where there are more than `maximum`.
    static func elements(
        of array: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, maximum: Int
    ) throws(JSONFault) -> [JSONValue] {
        var scanner = JSONScanner(bytes: bytes, range: array.lowerBound + 1..<array.upperBound - 1)
        var elements: [JSONValue] = []
        scanner.skipSpace()
        while scanner.index < scanner.end {
            guard elements.count < maximum else {
                throw JSONFault(offset: array.lowerBound, message: "a list holds more than \(maximum) elements")
            }
            elements.append(try scanner.value(depth: 0))
            scanner.skipSpace()
            // The comma.
            scanner.index += 1
            scanner.skipSpace()
        }
        return elements
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
        let start = index
        index += 1
        var members: [(key: JSONString, value: JSONValue)] = []
        skipSpace()
        if index < end, bytes[index] == UInt8(ascii: "}") {
            index += 1
            return .object([], start..<index)
        }
        while true {
            skipSpace()
            guard index < end, bytes[index] == UInt8(ascii: "\"") else { throw fault("an object lacks a key") }
            let key = try string()
            skipSpace()
            guard index < end, bytes[index] == UInt8(ascii: ":") else { throw fault("a key lacks its colon") }
            index += 1
            skipSpace()
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
            guard index < end else { throw fault("an object is not closed") }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "}") { return .object(members, start..<index) }
            if byte != UInt8(ascii: ",") { throw JSONFault(offset: index - 1, message: "an object lacks a comma") }
        }
    }
}
