package import QuarryCore

/// The stored form of a ``SourceMap``: unsigned LEB128 numbers, each line start and segment relative to the one before.
package enum SourceMapCodec {
    package static func encode(_ map: SourceMap) -> [UInt8] {
        var bytes: [UInt8] = []
        put(map.firstLine, in: &bytes)
        put(map.lineStarts.count, in: &bytes)
        var previous = 0
        for start in map.lineStarts {
            put(start - previous, in: &bytes)
            previous = start
        }
        put(map.segments.count, in: &bytes)
        var source = 0
        for segment in map.segments {
            put(segment.source - source, in: &bytes)
            put(segment.cleanUnit, in: &bytes)
            put(segment.sourceUnit, in: &bytes)
            put(segment.count, in: &bytes)
            source = segment.source
        }
        return bytes
    }

    /// - Returns: nil for bytes that ``encode(_:)`` cannot have made.
    package static func decode(_ bytes: some Collection<UInt8>) -> SourceMap? {
        var rest = bytes[...]
        guard let firstLine = take(from: &rest), let lineCount = take(from: &rest), lineCount <= bytes.count else {
            return nil
        }
        var lineStarts: [Int] = []
        lineStarts.reserveCapacity(lineCount)
        var line = 0
        for _ in 0..<lineCount {
            guard let step = take(from: &rest) else { return nil }
            guard let next = sum(line, step) else { return nil }
            line = next
            lineStarts.append(line)
        }
        guard let segmentCount = take(from: &rest), segmentCount <= bytes.count else { return nil }
        var segments: [SourceMap.Segment] = []
        segments.reserveCapacity(segmentCount)
        var clean = 0
        var source = 0
        for _ in 0..<segmentCount {
            guard let step = take(from: &rest), let cleanUnit = take(from: &rest), let sourceUnit = take(from: &rest),
                let count = take(from: &rest), cleanUnit > 0, sourceUnit > 0, count > 0,
                let start = sum(source, step), let cleanEnd = sum(clean, cleanUnit, times: count),
                sum(start, sourceUnit, times: count) != nil
            else { return nil }
            segments.append(
                .init(clean: clean, source: start, cleanUnit: cleanUnit, sourceUnit: sourceUnit, count: count))
            (clean, source) = (cleanEnd, start)
        }
        return rest.isEmpty ? SourceMap(segments: segments, lineStarts: lineStarts, firstLine: firstLine) : nil
    }

    /// Larger offsets are refused: no text has them.
    private static let maximumOffset = 1 << 42

    private static func sum(_ a: Int, _ b: Int, times count: Int = 1) -> Int? {
        let (product, productOverflows) = b.multipliedReportingOverflow(by: count)
        guard !productOverflows, product <= maximumOffset else { return nil }
        return a + product <= maximumOffset ? a + product : nil
    }

    private static func put(_ value: Int, in bytes: inout [UInt8]) {
        var rest = UInt64(max(0, value))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// - Returns: nil at the end, or for a number of more than 42 bits: no offset is that large.
    private static func take<Bytes: Collection<UInt8>>(from bytes: inout Bytes) -> Int?
    where Bytes.SubSequence == Bytes {
        var value = 0
        for shift in stride(from: 0, through: 35, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
