package import QuarryCore

/// Text decoded to UTF-8, not cleaned yet, with its mapping to the source's bytes.
package struct DecodedText: Sendable {
    package var utf8: [UInt8]
    package var segments: [SourceMap.Segment]
    /// Offsets of lines in the source.
    package var lineStarts: [Int]

    /// Collects characters from left to right.
    struct Builder {
        private var utf8: [UInt8] = []
        private var map = SourceMapBuilder()

        init(capacity: Int) { utf8.reserveCapacity(capacity) }

        /// - `source`: The offset of the character's bytes in the source.
        /// - `length`: The number of those bytes.
        @inline(__always)
        mutating func append(_ scalar: Unicode.Scalar, source: Int, length: Int) {
            let value = scalar.value
            if value < 0x80 {
                utf8.append(UInt8(value))
            } else if value < 0x800 {
                utf8.append(UInt8(0xC0 | value >> 6))
                utf8.append(UInt8(0x80 | value & 0x3F))
            } else {
                utf8.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
            }
            map.append(source: source, cleanUnit: UTF8.width(scalar), sourceUnit: length)
        }

        func finish(lineStarts: [Int]) -> DecodedText {
            DecodedText(utf8: utf8, segments: map.segments, lineStarts: lineStarts)
        }
    }
}

/// Why bytes could not be decoded.
package enum DecodingFailure: Error {
    /// The bytes at the offset are invalid in the encoding.
    case badByte(offset: Int)
    /// The system's iconv has no table for the encoding.
    case missingTable(TextEncoding)
}

/// Decodes bytes in a known encoding.
package enum TextDecoder {
    /// - Complexity: O(bytes).
    package static func decode(_ bytes: [UInt8], as encoding: TextEncoding) throws(DecodingFailure) -> DecodedText {
        switch encoding {
        case .utf8:
            let segment = SourceMap.Segment(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: bytes.count)
            return DecodedText(
                utf8: bytes, segments: bytes.isEmpty ? [] : [segment], lineStarts: SourceMap.lineStarts(in: bytes))
        case .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian:
            return try decodeWide(bytes, unit: encoding.unit, littleEndian: encoding.isLittleEndian)
        case .iso2022JP, .iso2022KR, .iso2022CN:
            var builder = DecodedText.Builder(capacity: bytes.count * 3 / 2)
            var decoder = ISO2022(bytes)
            try decoder.decode(into: &builder)
            return builder.finish(lineStarts: SourceMap.lineStarts(in: bytes))
        default:
            guard let table = CharsetTable.available[encoding] else { throw .missingTable(encoding) }
            return try decode(bytes, by: table)
        }
    }

    private static func decode(_ bytes: [UInt8], by table: CharsetTable) throws(DecodingFailure) -> DecodedText {
        var builder = DecodedText.Builder(capacity: bytes.count * 2)
        let fault = bytes.withUnsafeBufferPointer { bytes -> Int? in
            var reader = CharsetTable.Reader(table)
            var offset = 0
            while offset < bytes.count {
                guard let (scalar, length) = reader.character(in: bytes, at: offset) else { return offset }
                builder.append(scalar, source: offset, length: length)
                offset += length
            }
            return nil
        }
        if let fault { throw .badByte(offset: fault) }
        // In no table is a line feed or carriage return part of a longer character.
        return builder.finish(lineStarts: SourceMap.lineStarts(in: bytes))
    }

    private static func decodeWide(
        _ bytes: [UInt8], unit: Int, littleEndian: Bool
    ) throws(DecodingFailure) -> DecodedText {
        var builder = DecodedText.Builder(capacity: bytes.count)
        var lineStarts = [0]
        var previousWasReturn = false
        var offset = 0
        while offset < bytes.count {
            let (scalar, length) = try wideScalar(in: bytes, at: offset, unit: unit, littleEndian: littleEndian)
            builder.append(scalar, source: offset, length: length)
            offset += length
            if scalar == "\n", previousWasReturn {
                lineStarts[lineStarts.count - 1] = offset
            } else if scalar == "\n" || scalar == "\r" {
                lineStarts.append(offset)
            }
            previousWasReturn = scalar == "\r"
        }
        return builder.finish(lineStarts: lineStarts)
    }

    /// The character at an offset of UTF-16 or UTF-32 and its length in bytes.
    static func wideScalar(
        in bytes: [UInt8], at offset: Int, unit: Int, littleEndian: Bool
    ) throws(DecodingFailure) -> (scalar: Unicode.Scalar, length: Int) {
        guard let first = codeUnit(in: bytes, at: offset, unit: unit, littleEndian: littleEndian) else {
            throw .badByte(offset: offset)
        }
        if let scalar = Unicode.Scalar(first) { return (scalar, unit) }
        guard unit == 2, first & 0xFC00 == 0xD800,
            let second = codeUnit(in: bytes, at: offset + 2, unit: 2, littleEndian: littleEndian),
            second & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
        else { throw .badByte(offset: offset) }
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
}
