import QuarryCore

extension JSONScanner {
    /// The characters of a string with the way from each back to its bytes, one unit for an escape.
    static func unescape(
        _ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONFault) -> (utf8: [UInt8], segments: [SourceMap.Segment]) {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(range.count)
        var map = SourceMapBuilder()
        var index = range.lowerBound
        while index < range.upperBound {
            var stop = index
            while stop < range.upperBound, bytes[stop] != UInt8(ascii: "\\") { stop += 1 }
            if stop > index {
                utf8.append(contentsOf: bytes[index..<stop])
                map.append(source: index, count: stop - index)
                index = stop
            }
            guard index < range.upperBound else { break }
            let (scalar, length) = try escape(at: index, before: range.upperBound, in: bytes)
            let encoded = UTF8.encode(scalar).unsafelyUnwrapped
            utf8.append(contentsOf: encoded)
            map.append(source: index, cleanUnit: encoded.count, sourceUnit: length)
            index += length
        }
        return (utf8, map.segments)
    }

    /// The character of the escape at `index`, and how many bytes spell it.
    private static func escape(
        at index: Int, before end: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONFault) -> (Unicode.Scalar, Int) {
        guard index + 1 < end else { throw JSONFault(offset: index, message: "an escape is cut off") }
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
        default: throw JSONFault(offset: index, message: "there is no such escape")
        }
        let first = try hexadecimal(at: index, before: end, in: bytes)
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        guard first & 0xFC00 == 0xD800, index + 7 < end, bytes[index + 6] == UInt8(ascii: "\\"),
            bytes[index + 7] == UInt8(ascii: "u")
        else { throw JSONFault(offset: index, message: "half of a surrogate pair stands alone") }
        let second = try hexadecimal(at: index + 6, before: end, in: bytes)
        guard second & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
        else { throw JSONFault(offset: index, message: "half of a surrogate pair stands alone") }
        return (scalar, 12)
    }

    private static func hexadecimal(
        at index: Int, before end: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) throws(JSONFault) -> UInt32 {
        guard index + 6 <= end else { throw JSONFault(offset: index, message: "an escape is cut off") }
        var value: UInt32 = 0
        for position in index + 2..<index + 6 {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: throw JSONFault(offset: index, message: "an escape has a digit that is not hexadecimal")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
