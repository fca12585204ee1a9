import Foundation

extension JSONCursor {
    /// Reads a string; invalid UTF-8 is repaired.
    package mutating func string() throws -> String {
        try withString { String(decoding: $0, as: UTF8.self) }
    }

    /// Reads a string as bytes, without its escapes. They need not be valid UTF-8.
    package mutating func withString<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) throws -> Result {
        guard next() == UInt8(ascii: "\"") else { throw fault("a string is missing") }
        return try withBytes(of: try passString(), body)
    }

    /// Reads a long string that rarely holds escapes, such as base64: `decode` gets the bytes up to the next quote. Where
    /// it returns false it gets the string again as ``withString(_:)`` reads it.
    /// - Returns: What `decode` returned last.
    package mutating func decodeString(_ decode: (UnsafeBufferPointer<UInt8>) -> Bool) throws -> Bool {
        guard next() == UInt8(ascii: "\"") else { throw fault("a string is missing") }
        let rest = UnsafeBufferPointer(rebasing: bytes[(position + 1)...])
        if let start = rest.baseAddress, let quote = memchr(start, Int32(UInt8(ascii: "\"")), rest.count) {
            let count = UnsafeRawPointer(quote) - UnsafeRawPointer(start)
            if decode(UnsafeBufferPointer(rebasing: rest[..<count])) {
                position += count + 2
                return true
            }
        }
        return try withString(decode)
    }

    /// The text of a string that was passed; invalid UTF-8 is repaired.
    package func string(_ string: JSONSpan) throws -> String {
        try withBytes(of: string) { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a value as they are written.
    package func text(of span: JSONSpan) -> String { String(decoding: bytes[span.range], as: UTF8.self) }

    private func withBytes<Result>(
        of string: JSONSpan, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) throws -> Result {
        guard string.hasEscapes else { return try body(UnsafeBufferPointer(rebasing: bytes[string.contents])) }
        return try unescaped(string).withUnsafeBufferPointer(body)
    }

    /// Passes the string whose opening quote is next.
    mutating func passString() throws -> JSONSpan {
        let start = position
        position += 1
        var hasEscapes = false
        while true {
            position = endOfPlainBytes(from: position)
            guard position < bytes.count else {
                position = start
                throw fault("a string is not closed")
            }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return JSONSpan(kind: .string, range: start..<position, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            case ..<0x20: throw fault("a string holds a control character that is not escaped")
            default: position += 1
            }
        }
    }

    /// Skips groups of eight bytes without a quote, backslash or control character.
    @inline(__always)
    private func endOfPlainBytes(from start: Int) -> Int {
        var position = start
        let raw = UnsafeRawBufferPointer(bytes)
        let ones: UInt64 = 0x0101_0101_0101_0101
        while position + 8 <= bytes.count {
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

    /// The bytes of a string without its escapes.
    ///
    /// - `piece`: Called in order for each run of bytes that is copied and for each escape, with its range in the
    ///   text and the number of bytes that it becomes. The two counts are equal for runs and differ for escapes.
    /// - Throws: ``JSONFault`` for an escape that does not exist, is cut off, or is half of a surrogate pair.
    package func unescaped(
        _ string: JSONSpan, piece: (_ source: Range<Int>, _ count: Int) -> Void = { _, _ in }
    ) throws -> [UInt8] {
        let contents = string.contents
        var utf8: [UInt8] = []
        utf8.reserveCapacity(contents.count)
        var index = contents.lowerBound
        while index < contents.upperBound {
            let stop = bytes[index..<contents.upperBound].firstIndex(of: UInt8(ascii: "\\")) ?? contents.upperBound
            if stop > index {
                utf8.append(contentsOf: bytes[index..<stop])
                piece(index..<stop, stop - index)
            }
            guard stop < contents.upperBound else { break }
            let (scalar, length) = try escape(at: stop, before: contents.upperBound)
            utf8.append(contentsOf: scalar.utf8)
            piece(stop..<stop + length, scalar.utf8.count)
            index = stop + length
        }
        return utf8
    }

    /// The character of the escape at `index`, and how many bytes spell it.
    private func escape(at index: Int, before end: Int) throws -> (Unicode.Scalar, Int) {
        guard index + 1 < end else { throw JSONFault("an escape is cut off", offset: index) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""): return ("\"", 2)
        case UInt8(ascii: "\\"): return ("\\", 2)
        case UInt8(ascii: "/"): return ("/", 2)
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "u"): break
        default: throw JSONFault("there is no such escape", offset: index)
        }
        let first = try hexadecimal(at: index, before: end)
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        if first < 0xDC00, index + 7 < end, bytes[index + 6] == UInt8(ascii: "\\"),
            bytes[index + 7] == UInt8(ascii: "u")
        {
            let second = try hexadecimal(at: index + 6, before: end)
            if 0xDC00...0xDFFF ~= second,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return (scalar, 12)
            }
        }
        throw JSONFault("a surrogate has no partner", offset: index)
    }

    private func hexadecimal(at index: Int, before end: Int) throws -> UInt32 {
        guard index + 6 <= end else { throw JSONFault("an escape is cut off", offset: index) }
        var value: UInt32 = 0
        for byte in bytes[index + 2..<index + 6] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw JSONFault("an escape has a digit that is not hexadecimal", offset: index)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
