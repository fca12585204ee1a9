import Foundation

/// Reads JSON from beginning to end without building a tree: replies hold millions of numbers.
///
/// It is as strict as RFC 8259 in everything but the encoding of strings, where invalid UTF-8 is repaired.
package struct JSONCursor {
    /// Why a text is not the JSON that was expected, and where.
    package struct Fault: Error, CustomStringConvertible {
        package var reason: String
        package var offset: Int
        /// What stands in the place of a number, such as `NaN`; nil for other faults.
        package var notANumber: String?

        package var description: String { "\(reason) at byte \(offset)" }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Nesting beyond this is refused: no reply needs it.
    private static let maximumDepth = 64

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads one JSON text.
    /// - Throws: ``Fault``, and what `read` throws; also where something follows the value.
    package static func reading<Value>(_ text: [UInt8], _ read: (inout JSONCursor) throws -> Value) throws -> Value {
        try text.withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            let value = try read(&cursor)
            guard cursor.next() == 0, cursor.position == bytes.count else {
                throw cursor.fault("Something follows the value")
            }
            return value
        }
    }

    /// The first byte of what comes next, past white space; 0 at the end.
    mutating func next() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    /// The first byte of the first element of the array that comes next; 0 where there is no array.
    func firstByteOfElements() -> UInt8 {
        var ahead = self
        guard ahead.next() == UInt8(ascii: "[") else { return 0 }
        ahead.position += 1
        return ahead.next()
    }

    func fault(_ reason: String) -> Fault { Fault(reason: reason, offset: position) }

    private mutating func take(_ byte: UInt8) throws {
        guard next() == byte, position < bytes.count else {
            throw fault("“\(Character(Unicode.Scalar(byte)))” is missing")
        }
        position += 1
    }

    /// Reads an object; `read` must read the value of each key.
    mutating func members(_ read: (_ key: String, inout JSONCursor) throws -> Void) throws {
        try take(UInt8(ascii: "{"))
        if next() == UInt8(ascii: "}") { return try take(UInt8(ascii: "}")) }
        while true {
            let key = try string()
            try take(UInt8(ascii: ":"))
            try read(key, &self)
            guard next() == UInt8(ascii: ",") else { return try take(UInt8(ascii: "}")) }
            position += 1
        }
    }

    /// Reads an array; `read` must read each element.
    mutating func elements(_ read: (inout JSONCursor) throws -> Void) throws {
        try take(UInt8(ascii: "["))
        if next() == UInt8(ascii: "]") { return try take(UInt8(ascii: "]")) }
        while true {
            try read(&self)
            guard next() == UInt8(ascii: ",") else { return try take(UInt8(ascii: "]")) }
            position += 1
        }
    }

    mutating func string() throws -> String {
        let (range, isPlain) = try stringRange()
        if isPlain { return String(decoding: bytes[range], as: UTF8.self) }
        let quoted = Data(bytes[range.lowerBound - 1..<range.upperBound + 1])
        guard let text = try? JSONDecoder().decode(String.self, from: quoted) else {
            throw fault("A string holds an escape that means nothing")
        }
        return text
    }

    /// A whole number, however it is written.
    mutating func integer() throws -> Int {
        _ = next()
        let start = position
        guard DecimalFloat.read(bytes, at: &position) != nil else { throw fault("A whole number is missing") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
            throw fault("A number is not whole")
        }
        return value
    }

    /// How many, as the server says; nil for `null`.
    mutating func count() throws -> Int? {
        guard next() != UInt8(ascii: "n") else {
            try skip()
            return nil
        }
        return try integer()
    }

    mutating func boolean() throws -> Bool {
        switch next() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        default:
            try literal("false")
            return false
        }
    }

    /// Reads an array of numbers to the end of `values`.
    package mutating func floats(appendingTo values: inout [Float]) throws {
        try take(UInt8(ascii: "["))
        if next() == UInt8(ascii: "]") { return try take(UInt8(ascii: "]")) }
        while true {
            _ = next()
            guard let value = DecimalFloat.read(bytes, at: &position) else {
                var fault = fault("Something that is no number stands in a vector")
                let word = bytes[position...].prefix(16).prefix { !",]} \n\r\t".utf8.contains($0) }
                fault.notANumber = String(decoding: word, as: UTF8.self)
                throw fault
            }
            values.append(value)
            guard next() == UInt8(ascii: ",") else { return try take(UInt8(ascii: "]")) }
            position += 1
        }
    }

    /// Reads the base64 of little-endian 32-bit floats to the end of `values`.
    package mutating func base64Floats(appendingTo values: inout [Float]) throws {
        try take(UInt8(ascii: "\""))
        let start = position
        let rest = UnsafeBufferPointer(rebasing: bytes[start...])
        guard let base = rest.baseAddress, let quote = memchr(base, Int32(UInt8(ascii: "\"")), rest.count) else {
            throw fault("A string has no end")
        }
        let length = UnsafeRawPointer(quote) - UnsafeRawPointer(base)
        // Whatever is not of the alphabet, escapes too, is refused there.
        if Base64Floats.decode(UnsafeBufferPointer(rebasing: rest[..<length]), appendingTo: &values) {
            position = start + length + 1
            return
        }
        // Some servers escape the slash, which base64 uses.
        position = start - 1
        var text = try string()
        guard text.withUTF8({ Base64Floats.decode($0, appendingTo: &values) }) else {
            throw fault("A vector is not the base64 of 32-bit floats")
        }
    }

    /// Reads past a value of any kind.
    package mutating func skip() throws { try skip(depth: 0) }

    private mutating func skip(depth: Int) throws {
        guard depth < Self.maximumDepth else { throw fault("Values are nested too deeply") }
        switch next() {
        case UInt8(ascii: "{"): try members { _, cursor in try cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "["): try elements { cursor in try cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try stringRange()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default:
            guard DecimalFloat.read(bytes, at: &position) != nil else { throw fault("A value is missing") }
        }
    }

    private mutating func literal(_ word: StaticString) throws {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count,
            bytes[position..<position + length].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: length))
        else { throw fault("“\(word)” is missing") }
        position += length
    }

    /// Passes a string, and says where its contents are and whether they hold no escapes.
    private mutating func stringRange() throws -> (Range<Int>, isPlain: Bool) {
        try take(UInt8(ascii: "\""))
        let start = position
        var isPlain = true
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<position - 1, isPlain)
            case UInt8(ascii: "\\"):
                isPlain = false
                position += 2
            case ..<0x20: throw fault("A string holds a control character")
            default: position += 1
            }
        }
        throw fault("A string has no end")
    }
}
