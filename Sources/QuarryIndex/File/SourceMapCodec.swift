package import Foundation
package import QuarryCore

/// The stored form of a ``SourceMap``, of which a part can be read without the rest: unsigned LEB128 numbers, each offset
/// relative to the one before.
///
///     base (0 source, 1 text), bytes of the segments,
///     segments: source, clean unit, source unit, count
///     count of places, places: start, length, kind, what belongs to it
///     first line, line starts
package enum SourceMapCodec {
    /// Larger offsets are refused: no text has them.
    static let maximumOffset = 1 << 42

    package static func encode(_ map: SourceMap) -> [UInt8] {
        var segments = ByteSink()
        var source = 0
        for segment in map.segments {
            segments.put(segment.source - source)
            segments.put(segment.cleanUnit)
            segments.put(segment.sourceUnit)
            segments.put(segment.count)
            source = segment.source
        }
        var sink = ByteSink()
        sink.put(map.base == .source ? 0 : 1)
        sink.put(segments.bytes.count)
        sink.bytes += segments.bytes
        sink.put(map.places.count)
        var end = 0
        for place in map.places {
            sink.put(place.range.lowerBound - end)
            sink.put(place.range.count)
            sink.put(place.place)
            end = place.range.upperBound
        }
        sink.put(map.firstLine)
        var previous = 0
        for start in map.lineStarts {
            sink.put(start - previous)
            previous = start
        }
        return sink.bytes
    }

    /// - Parameter range: Reads only the map of this stretch of the text, as ``SourceMap/slice(_:)`` makes it; nil for all.
    /// - Returns: nil for bytes that ``encode(_:)`` cannot have made. With a range, what lies beyond it is not looked at.
    package static func decode(_ bytes: some ContiguousBytes, slice range: Range<Int>? = nil) -> SourceMap? {
        bytes.withUnsafeBytes { bytes in
            var source = ByteSource(bytes)
            return source.takeMap(range)
        }
    }
}

private struct ByteSink {
    var bytes: [UInt8] = []

    mutating func put(_ value: Int) {
        var rest = UInt64(max(0, value))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(_ text: String) {
        put(text.utf8.count)
        bytes += text.utf8
    }

    mutating func put(_ seconds: Double) {
        withUnsafeBytes(of: seconds.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func put(_ place: Place) {
        switch place {
        case .page(let number):
            put(0)
            put(number)
        case .slide(let number):
            put(1)
            put(number)
        case .cells(let sheet, let range):
            put(2)
            put(sheet)
            put(range)
        case .chapter(let name):
            put(3)
            put(name)
        case .message(let name):
            put(4)
            put(name)
        case .time(let from, let to):
            put(5)
            put(from)
            put(to)
        }
    }
}

/// Reads numbers from left to right. Every reading gives nil where the bytes end or make no sense.
private struct ByteSource {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func takeMap(_ range: Range<Int>?) -> SourceMap? {
        guard let base = take(), base <= 1, let length = take(), length <= bytes.count - position else { return nil }
        let end = position + length
        guard let segments = takeSegments(until: end, range) else { return nil }
        position = end
        guard let places = takePlaces(range), let firstLine = take() else { return nil }
        let source = range.map { _ in (segments.first?.source ?? 0)..<(segments.last?.sourceEnd ?? 0) }
        guard let lines = takeLines(firstLine, of: source) else { return nil }
        return SourceMap(
            segments: segments, lineStarts: lines.starts, firstLine: lines.first, places: places,
            base: base == 0 ? .source : .text)
    }

    private mutating func takeSegments(until end: Int, _ range: Range<Int>?) -> [SourceMap.Segment]? {
        var segments: [SourceMap.Segment] = []
        var (clean, source) = (0, 0)
        while position < end, range.map({ clean < $0.upperBound }) ?? true {
            guard let step = take(), let cleanUnit = take(), let sourceUnit = take(), let count = take(),
                cleanUnit > 0, sourceUnit > 0, count > 0, let start = Self.sum(source, step),
                let cleanEnd = Self.sum(clean, cleanUnit, times: count),
                Self.sum(start, sourceUnit, times: count) != nil, position <= end
            else { return nil }
            let segment = SourceMap.Segment(
                clean: clean, source: start, cleanUnit: cleanUnit, sourceUnit: sourceUnit, count: count)
            if let kept = range.map(segment.clipped) ?? segment { segments.append(kept) }
            (clean, source) = (cleanEnd, start)
        }
        return segments
    }

    private mutating func takePlaces(_ range: Range<Int>?) -> [SourceMap.PlacedRange]? {
        guard let count = take(), count <= bytes.count else { return nil }
        var places: [SourceMap.PlacedRange] = []
        var end = 0
        for _ in 0..<count {
            guard let step = take(), let length = take(), let start = Self.sum(end, step),
                let stop = Self.sum(start, length), let place = takePlace()
            else { return nil }
            let placed = SourceMap.PlacedRange(range: start..<stop, place: place)
            if let kept = range.map(placed.clipped) ?? placed { places.append(kept) }
            end = stop
        }
        return places
    }

    private mutating func takePlace() -> Place? {
        switch take() {
        case 0: take().map { .page($0) }
        case 1: take().map { .slide($0) }
        case 2:
            if let sheet = takeText(), let range = takeText() { .cells(sheet: sheet, range: range) } else { nil }
        case 3: takeText().map { .chapter($0) }
        case 4: takeText().map { .message($0) }
        case 5: if let from = takeSeconds(), let to = takeSeconds() { .time(from: from, to: to) } else { nil }
        default: nil
        }
    }

    /// All line starts, or those of the lines that a range of the source touches, and the number of the first.
    private mutating func takeLines(_ firstLine: Int, of source: Range<Int>?) -> (first: Int, starts: [Int])? {
        var (first, starts): (Int, [Int]) = (firstLine, [])
        var (number, start) = (firstLine, 0)
        while position < bytes.count {
            guard let step = take(), let next = Self.sum(start, step) else { return nil }
            start = next
            if let source {
                if start >= source.upperBound, !starts.isEmpty { break }
                if start <= source.lowerBound { (first, starts) = (number, []) }
            }
            starts.append(start)
            number += 1
        }
        return (first, starts)
    }

    /// A number of at most 42 bits: no offset is larger.
    @inline(__always)
    private mutating func take() -> Int? {
        var value = 0
        for shift in stride(from: 0, through: 35, by: 7) {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func takeText() -> String? {
        guard let count = take(), count <= bytes.count - position else { return nil }
        defer { position += count }
        return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }

    private mutating func takeSeconds() -> Double? {
        guard position + 8 <= bytes.count else { return nil }
        defer { position += 8 }
        let seconds = Double(
            bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
        return seconds.isFinite ? seconds : nil
    }

    private static func sum(_ a: Int, _ b: Int, times count: Int = 1) -> Int? {
        let (product, overflows) = b.multipliedReportingOverflow(by: count)
        guard !overflows, product <= SourceMapCodec.maximumOffset else { return nil }
        return a + product <= SourceMapCodec.maximumOffset ? a + product : nil
    }
}
