package import Foundation
package import QuarryCore

/// The stored form of a ``SourceMap``. Parts of it can be read without the rest. Numbers are unsigned LEB128, and each
/// offset is relative to the one before.
///
///     base (0 source, 1 text; 2 more if the name of a member follows, 4 more if there are over ``step`` places)
///     segments: count, directory, length in bytes, then source, clean unit, source unit and count of each
///     places: count, directory and length in bytes if there are many, then start, length, kind of each, and what belongs
///     to it
///     lines: first line, count, directory, start of each
///
/// A directory has an entry for every ``step``-th item except the first: the offsets before the item, and its
/// position, as 8-byte numbers.
package enum SourceMapCodec {
    /// The maximum offset. No text is that long.
    static let maximumOffset = 1 << 42
    /// The maximum number of items to read to find one.
    fileprivate static let step = 128

    package static func encode(_ map: SourceMap) -> [UInt8] {
        var (segments, lines) = (ByteSink(), ByteSink())
        var (segmentDirectory, lineDirectory) = (ByteSink(), ByteSink())
        var source = 0
        for (index, segment) in map.segments.enumerated() {
            if index > 0, index.isMultiple(of: step) {
                for number in [segment.clean, source, segments.bytes.count] { segmentDirectory.putFixed(number) }
            }
            for number in [segment.source - source, segment.cleanUnit, segment.sourceUnit, segment.count] {
                segments.put(number)
            }
            source = segment.source
        }
        var previous = 0
        for (index, start) in map.lineStarts.enumerated() {
            if index > 0, index.isMultiple(of: step) {
                for number in [previous, lines.bytes.count] { lineDirectory.putFixed(number) }
            }
            lines.put(start - previous)
            previous = start
        }
        let hasManyPlaces = map.places.count > step
        var sink = ByteSink()
        sink.put((map.base == .source ? 0 : 1) + (map.member == nil ? 0 : 2) + (hasManyPlaces ? 4 : 0))
        if let member = map.member { sink.put(member) }
        sink.put(map.segments.count)
        sink.bytes += segmentDirectory.bytes
        sink.put(segments.bytes.count)
        sink.bytes += segments.bytes
        var (places, placeDirectory) = (ByteSink(), ByteSink())
        var end = 0
        for (index, place) in map.places.enumerated() {
            if index > 0, index.isMultiple(of: step) {
                for number in [end, places.bytes.count] { placeDirectory.putFixed(number) }
            }
            places.put(place.range.lowerBound - end)
            places.put(place.range.count)
            places.put(place.place)
            end = place.range.upperBound
        }
        sink.put(map.places.count)
        if hasManyPlaces {
            sink.bytes += placeDirectory.bytes
            sink.put(places.bytes.count)
        }
        sink.bytes += places.bytes
        sink.put(map.firstLine)
        sink.put(map.lineStarts.count)
        sink.bytes += lineDirectory.bytes
        sink.bytes += lines.bytes
        return sink.bytes
    }

    /// - `range`: The part of the text to read, like ``SourceMap/slice(_:)``; nil for all.
    /// - Returns: nil for invalid bytes. With a range, only the bytes of that part are checked.
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

    mutating func putFixed(_ value: Int) {
        withUnsafeBytes(of: UInt64(value).littleEndian) { bytes += $0 }
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
        case .paragraph(let number, let heading):
            put(heading == nil ? 6 : 7)
            put(number)
            if let heading { put(heading) }
        case .line(let number):
            put(8)
            put(number)
        }
    }
}

/// Reads numbers in order. Each method returns nil if the bytes end or are invalid.
private struct ByteSource {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func takeMap(_ range: Range<Int>?) -> SourceMap? {
        guard let form = take(), form <= 7 else { return nil }
        var member: String?
        if form & 2 != 0 {
            guard let name = takeText() else { return nil }
            member = name
        }
        guard let segments = takeSegments(range), let places = takePlaces(range, isMany: form & 4 != 0)
        else { return nil }
        let start = segments.first?.source ?? 0
        let source = range.map { _ in start..<max(start, segments.last?.sourceEnd ?? 0) }
        guard let lines = takeLines(of: source) else { return nil }
        return SourceMap(
            segments: segments, lineStarts: lines.starts, firstLine: lines.first, places: places,
            base: form.isMultiple(of: 2) ? .source : .text, member: member)
    }

    private mutating func takeSegments(_ range: Range<Int>?) -> [SourceMap.Segment]? {
        guard let count = take(), let directory = takeDirectory(of: count, width: 3), let length = take(),
            length <= bytes.count - position
        else { return nil }
        let (data, end) = (position, position + length)
        var segments: [SourceMap.Segment] = []
        var (index, clean, source) = (0, 0, 0)
        if let range, let entry = directory.lastEntry(atMost: range.lowerBound) {
            (clean, source) = (entry.numbers[0], entry.numbers[1])
            guard clean <= SourceMapCodec.maximumOffset, source <= SourceMapCodec.maximumOffset else { return nil }
            (index, position) = (entry.item, min(end, data + min(length, entry.numbers[2])))
        }
        while index < count, range.map({ clean < $0.upperBound }) ?? true {
            if range == nil, !directory.agrees(at: index, [clean, source, position - data]) { return nil }
            guard let distance = take(), let cleanUnit = take(), let sourceUnit = take(), let units = take(),
                cleanUnit > 0, sourceUnit > 0, units > 0, let start = Self.sum(source, distance),
                let cleanEnd = Self.sum(clean, cleanUnit, times: units),
                Self.sum(start, sourceUnit, times: units) != nil, position <= end
            else { return nil }
            let segment = SourceMap.Segment(
                clean: clean, source: start, cleanUnit: cleanUnit, sourceUnit: sourceUnit, count: units)
            if let kept = range.map(segment.clipped) ?? segment { segments.append(kept) }
            (index, clean, source) = (index + 1, cleanEnd, start)
        }
        guard range != nil || position == end else { return nil }
        position = end
        return segments
    }

    /// - `isMany`: Whether there is a directory of the places.
    private mutating func takePlaces(_ range: Range<Int>?, isMany: Bool) -> [SourceMap.PlacedRange]? {
        guard let count = take(), count <= bytes.count,
            let directory = takeDirectory(of: isMany ? count : 0, width: 2)
        else { return nil }
        var length: Int?
        if isMany {
            guard let taken = take(), taken <= bytes.count - position else { return nil }
            length = taken
        }
        let data = position
        var places: [SourceMap.PlacedRange] = []
        var (index, end) = (0, 0)
        if let length, let range, let entry = directory.lastEntry(atMost: range.lowerBound) {
            guard entry.numbers[0] <= SourceMapCodec.maximumOffset else { return nil }
            (index, end, position) = (entry.item, entry.numbers[0], data + min(length, entry.numbers[1]))
        }
        while index < count {
            if let range, length != nil, end >= range.upperBound { break }
            if range == nil, !directory.agrees(at: index, [end, position - data]) { return nil }
            guard let step = take(), let length = take(), let start = Self.sum(end, step),
                let stop = Self.sum(start, length), let place = takePlace()
            else { return nil }
            let placed = SourceMap.PlacedRange(range: start..<stop, place: place)
            if let kept = range.map(placed.clipped) ?? placed { places.append(kept) }
            (index, end) = (index + 1, stop)
        }
        if let length {
            guard range != nil || position == data + length else { return nil }
            position = data + length
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
        case 6: take().map { .paragraph($0, heading: nil) }
        case 7: if let number = take(), let heading = takeText() { .paragraph(number, heading: heading) } else { nil }
        case 8: take().map { .line($0) }
        default: nil
        }
    }

    /// The line starts, and the number of the first line: of all lines, or of those that a range of the source touches.
    private mutating func takeLines(of source: Range<Int>?) -> (first: Int, starts: [Int])? {
        guard let firstLine = take(), let count = take(), let directory = takeDirectory(of: count, width: 2) else {
            return nil
        }
        let data = position
        var (first, starts): (Int, [Int]) = (firstLine, [])
        var (index, start) = (0, 0)
        if let source, let entry = directory.lastEntry(atMost: source.lowerBound) {
            (index, start) = (entry.item, entry.numbers[0])
            // The range may begin in the line before the entry.
            (first, starts) = (firstLine + index - 1, [start])
            position = data + min(bytes.count - data, entry.numbers[1])
        }
        while index < count {
            if source == nil, !directory.agrees(at: index, [start, position - data]) { return nil }
            guard let distance = take(), let next = Self.sum(start, distance) else { return nil }
            start = next
            if let source {
                if start >= source.upperBound, !starts.isEmpty { break }
                if start <= source.lowerBound { (first, starts) = (firstLine + index, []) }
            }
            starts.append(start)
            index += 1
        }
        return source != nil || position == bytes.count ? (first, starts) : nil
    }

    private mutating func takeDirectory(of count: Int, width: Int) -> Directory? {
        let entries = max(0, count - 1) / SourceMapCodec.step
        guard count <= bytes.count, entries * width * 8 <= bytes.count - position else { return nil }
        let start = position
        position += entries * width * 8
        return Directory(bytes: .init(rebasing: bytes[start..<position]), width: width)
    }

    /// A number of at most 42 bits, like all offsets.
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

/// The positions of every ``SourceMapCodec/step``-th item.
private struct Directory {
    let bytes: UnsafeRawBufferPointer
    /// The number of numbers in an entry.
    let width: Int

    private var count: Int { bytes.count / (8 * width) }

    /// Negative numbers, which occur only in damaged files, count as the largest.
    private func numbers(_ entry: Int) -> [Int] {
        (0..<width).map { field in
            let offset = 8 * (entry * width + field)
            return Int(
                clamping: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        }
    }

    /// The last entry whose first number is at most `value`; nil if there is none.
    func lastEntry(atMost value: Int) -> (item: Int, numbers: [Int])? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if numbers(middle)[0] <= value { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : (low * SourceMapCodec.step, numbers(low - 1))
    }

    /// Whether the values read up to an item match its entry, if it has one.
    func agrees(at item: Int, _ read: [Int]) -> Bool {
        guard item > 0, item.isMultiple(of: SourceMapCodec.step) else { return true }
        return numbers(item / SourceMapCodec.step - 1) == read
    }
}
