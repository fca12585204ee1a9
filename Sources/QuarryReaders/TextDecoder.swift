import QuarryCore

/// Text that was decoded to UTF-8, not cleaned yet, with the way back to the bytes.
struct DecodedText {
    var utf8: [UInt8]
    var segments: [SourceMap.Segment]
    /// Offsets of lines in the source.
    var lineStarts: [Int]
}

/// Where decoding found bytes that the encoding has no meaning for.
struct DecodingFailure: Error {
    var offset: Int
}

/// Decodes bytes in a known encoding other than UTF-8.
enum TextDecoder {
    static func decode(_ bytes: [UInt8], as encoding: TextEncoding) throws(DecodingFailure) -> DecodedText {
        if let table = encoding.table { return try decodeSingleByte(bytes, table: table) }
        return encoding.unit == 1
            ? DecodedText(
                utf8: bytes,
                segments: bytes.isEmpty
                    ? [] : [.init(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: bytes.count)],
                lineStarts: SourceMap.lineStarts(in: bytes))
            : try decodeWide(bytes, unit: encoding.unit, littleEndian: encoding.isLittleEndian)
    }

    private static func decodeSingleByte(_ bytes: [UInt8], table: [UInt16]) throws(DecodingFailure) -> DecodedText {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count * 2)
        var map = SourceMapBuilder()
        for (offset, byte) in bytes.enumerated() {
            if byte < 0x80 {
                utf8.append(byte)
                map.append(source: offset)
                continue
            }
            let value = table[Int(byte) - 0x80]
            guard value != 0, let scalar = Unicode.Scalar(value) else { throw DecodingFailure(offset: offset) }
            let before = utf8.count
            append(scalar, to: &utf8)
            map.append(source: offset, cleanUnit: utf8.count - before, sourceUnit: 1)
        }
        return DecodedText(utf8: utf8, segments: map.segments, lineStarts: SourceMap.lineStarts(in: bytes))
    }

    private static func decodeWide(
        _ bytes: [UInt8], unit: Int, littleEndian: Bool
    ) throws(DecodingFailure) -> DecodedText {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count)
        var map = SourceMapBuilder()
        var lineStarts = [0]
        var previousWasReturn = false
        var offset = 0
        while offset < bytes.count {
            let (scalar, length) = try wideScalar(in: bytes, at: offset, unit: unit, littleEndian: littleEndian)
            let before = utf8.count
            append(scalar, to: &utf8)
            map.append(source: offset, cleanUnit: utf8.count - before, sourceUnit: length)
            offset += length
            if scalar == "\n", previousWasReturn {
                lineStarts[lineStarts.count - 1] = offset
            } else if scalar == "\n" || scalar == "\r" {
                lineStarts.append(offset)
            }
            previousWasReturn = scalar == "\r"
        }
        return DecodedText(utf8: utf8, segments: map.segments, lineStarts: lineStarts)
    }

    /// The character at an offset of UTF-16 or UTF-32 and the number of its bytes.
    static func wideScalar(
        in bytes: [UInt8], at offset: Int, unit: Int, littleEndian: Bool
    ) throws(DecodingFailure) -> (scalar: Unicode.Scalar, length: Int) {
        guard let first = codeUnit(in: bytes, at: offset, unit: unit, littleEndian: littleEndian) else {
            throw DecodingFailure(offset: offset)
        }
        if let scalar = Unicode.Scalar(first) { return (scalar, unit) }
        guard unit == 2, first & 0xFC00 == 0xD800,
            let second = codeUnit(in: bytes, at: offset + 2, unit: 2, littleEndian: littleEndian),
            second & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
        else { throw DecodingFailure(offset: offset) }
        return (scalar, 4)
    }

    private static func codeUnit(in bytes: [UInt8], at offset: Int, unit: Int, littleEndian: Bool) -> UInt32? {
        guard offset + unit <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in 0..<unit {
            value = value << 8 | UInt32(bytes[offset + (littleEndian ? unit - 1 - index : index)])
        }
        return value
    }

    private static func append(_ scalar: Unicode.Scalar, to utf8: inout [UInt8]) {
        let value = scalar.value
        if value < 0x80 {
            utf8.append(UInt8(value))
        } else if value < 0x800 {
            utf8.append(UInt8(0xC0 | value >> 6))
            utf8.append(UInt8(0x80 | value & 0x3F))
        } else {
            utf8.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        }
    }
}
