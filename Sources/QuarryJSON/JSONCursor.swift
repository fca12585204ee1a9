/// Reads JSON (RFC 8259) from left to right, without copies and without building a tree.
///
/// The text must be JSON in every respect but two: strings may hold invalid UTF-8, which ``string()`` repairs, and the
/// escapes of a string are checked when it is read, not when it is skipped. Arrays and objects nest at most
/// ``maximumDepth`` deep, so that no text exhausts the stack. Reading a text once takes time linear in its bytes.
package struct JSONCursor {
    /// The nesting of arrays and objects beyond which a text is refused.
    package static let maximumDepth = 256

    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    private var depth = 0

    /// A cursor for a part of some bytes. Offsets count from the start of all of them.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) {
        self.bytes = UnsafeBufferPointer(rebasing: bytes[..<range.upperBound])
        position = range.lowerBound
    }

    /// Reads a whole text; a byte order mark before it is skipped.
    /// - Throws: ``JSONFault``, also for text after the value, and what `read` throws.
    package static func reading<Value>(_ text: [UInt8], _ read: (inout JSONCursor) throws -> Value) throws -> Value {
        try text.withUnsafeBufferPointer { bytes in
            let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            var cursor = JSONCursor(bytes, in: start..<bytes.count)
            let value = try read(&cursor)
            try cursor.end()
            return value
        }
    }

    /// - Throws: ``JSONFault`` where anything but white space is left.
    package mutating func end() throws {
        _ = next()
        guard position == bytes.count else { throw fault("something follows the value") }
    }

    /// The next byte after white space; 0 at the end.
    package mutating func next() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    /// The first byte of the first element of the next array; 0 if the next value is not an array.
    package func firstByteOfElements() -> UInt8 {
        var ahead = self
        guard ahead.next() == UInt8(ascii: "[") else { return 0 }
        ahead.position += 1
        return ahead.next()
    }

    /// A fault at the cursor.
    package func fault(_ message: String) -> JSONFault { JSONFault(message, offset: position) }

    /// Reads an object; `read` must read the value of each key.
    package mutating func members(_ read: (_ key: String, inout JSONCursor) throws -> Void) throws {
        try spans { key, cursor in try read(cursor.string(key), &cursor) }
    }

    /// Reads an object, without decoding its keys; `read` must read the value of each.
    package mutating func spans(_ read: (_ key: JSONSpan, inout JSONCursor) throws -> Void) throws {
        guard try open(UInt8(ascii: "{"), .object) else { return }
        repeat {
            guard next() == UInt8(ascii: "\"") else { throw fault("an object lacks a key") }
            let key = try passString()
            guard next() == UInt8(ascii: ":") else { throw fault("a key lacks its colon") }
            position += 1
            try read(key, &self)
        } while try passComma(or: UInt8(ascii: "}"), .object)
    }

    /// Reads an array; `read` must read each element.
    package mutating func elements(_ read: (inout JSONCursor) throws -> Void) throws {
        guard try open(UInt8(ascii: "["), .array) else { return }
        repeat { try read(&self) } while try passComma(or: UInt8(ascii: "]"), .array)
    }

    /// Passes the bracket that opens an array or object, and of an empty one the other: whether there are elements.
    mutating func open(_ bracket: UInt8, _ kind: JSONSpan.Kind) throws -> Bool {
        guard next() == bracket else { throw fault("\(kind.rawValue) is missing") }
        guard depth < Self.maximumDepth else { throw fault("nested more than \(Self.maximumDepth) deep") }
        position += 1
        // In ASCII the closing bracket is two after the opening one.
        guard next() != bracket + 2 else {
            position += 1
            return false
        }
        depth += 1
        return true
    }

    /// Passes a comma or the closing bracket: whether another element follows.
    @inline(__always)
    mutating func passComma(or bracket: UInt8, _ kind: JSONSpan.Kind) throws -> Bool {
        let byte = next()
        guard byte == UInt8(ascii: ",") || byte == bracket else {
            throw fault("\(kind.rawValue) \(position < bytes.count ? "lacks a comma" : "is not closed")")
        }
        position += 1
        if byte == bracket { depth -= 1 }
        return byte != bracket
    }

    /// Skips a value of any kind and returns its span.
    package mutating func value() throws -> JSONSpan {
        let first = next()
        let start = position
        guard start < bytes.count else { throw fault("the text ends where a value should be") }
        let kind: JSONSpan.Kind
        switch first {
        case UInt8(ascii: "\""): return try passString()
        case UInt8(ascii: "{"):
            kind = .object
            try spans { _, cursor in try cursor.skip() }
        case UInt8(ascii: "["):
            kind = .array
            try elements { cursor in try cursor.skip() }
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            kind = .boolean
            _ = try boolean()
        case UInt8(ascii: "n"):
            kind = .null
            try pass("null")
        default:
            kind = .number
            _ = try passNumber()
        }
        return JSONSpan(kind: kind, range: start..<position)
    }

    /// Passes a value of any kind.
    package mutating func skip() throws { _ = try value() }

    package mutating func boolean() throws -> Bool {
        let isTrue = next() == UInt8(ascii: "t")
        try pass(isTrue ? "true" : "false")
        return isTrue
    }

    private mutating func pass(_ word: StaticString) throws {
        let length = word.utf8CodeUnitCount
        guard length <= bytes.count - position,
            bytes[position..<position + length].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: length))
        else { throw fault("no value begins like this") }
        position += length
    }
}
