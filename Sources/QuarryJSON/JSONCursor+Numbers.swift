extension JSONCursor {
    /// Reads a number as a `Double`.
    /// - Throws: ``JSONFault``, also where the number is too large.
    package mutating func double() throws -> Double {
        let text = try numberText()
        guard let value = Double(text), value.isFinite else { throw fault("a number is too large") }
        return value
    }

    /// Reads a whole number, however it is written.
    package mutating func integer() throws -> Int {
        let text = try numberText()
        guard let value = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
            throw fault("a number is not whole")
        }
        return value
    }

    /// Reads a whole number; nil for `null`.
    package mutating func count() throws -> Int? {
        guard next() != UInt8(ascii: "n") else {
            try skip()
            return nil
        }
        return try integer()
    }

    private mutating func numberText() throws -> String {
        _ = next()
        return String(decoding: bytes[try passNumber()], as: UTF8.self)
    }

    /// Passes the number that begins here.
    mutating func passNumber() throws -> Range<Int> {
        let start = position
        let first = position < bytes.count ? bytes[position] : 0
        guard first == UInt8(ascii: "-") || 0x30...0x39 ~= first else { throw fault("no value begins like this") }
        if first == UInt8(ascii: "-") { position += 1 }
        let integer = position
        try passDigits()
        if position > integer + 1, bytes[integer] == UInt8(ascii: "0") { throw fault("a number begins with 0") }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try passDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try passDigits()
        }
        return start..<position
    }

    private mutating func passDigits() throws {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        if position == start { throw fault("a number lacks a digit") }
    }

    /// Reads an array of numbers to the end of `values`; see ``DecimalFloat``.
    /// - Throws: ``JSONFault`` with the text found in the place of a number.
    package mutating func floats(appendingTo values: inout [Float]) throws {
        guard try open(UInt8(ascii: "["), .array) else { return }
        repeat {
            _ = next()
            guard let value = DecimalFloat.read(bytes, at: &position) else {
                var fault = fault("an element of a vector is not a number")
                let word = bytes[position...].prefix(16).prefix { !",]} \n\r\t".utf8.contains($0) }
                fault.notANumber = String(decoding: word, as: UTF8.self)
                throw fault
            }
            values.append(value)
        } while try passComma(or: UInt8(ascii: "]"), .array)
    }
}
