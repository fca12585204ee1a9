/// A monotone map from the cleaned text of a document back to the bytes and lines of its source.
///
/// The map is a list of segments. In a segment, every `cleanUnit` bytes of text come from `sourceUnit` bytes of the
/// source. A run of identical bytes, a run of Windows-1251 letters (2 from 1) and a composed letter (2 from 3) are one
/// segment each. Cleaning dropped the source bytes between two segments.
public struct SourceMap: Sendable, Hashable {
    public struct Segment: Sendable, Hashable {
        /// Where the segment starts in the cleaned text, in UTF-8 bytes.
        public var clean: Int
        /// Where it starts in the source, in bytes.
        public var source: Int
        /// Bytes of cleaned text per unit, at least 1.
        public var cleanUnit: Int
        /// Bytes of source per unit, at least 1.
        public var sourceUnit: Int
        /// How many units the segment holds.
        public var count: Int

        public init(clean: Int, source: Int, cleanUnit: Int, sourceUnit: Int, count: Int) {
            self.clean = clean
            self.source = source
            self.cleanUnit = cleanUnit
            self.sourceUnit = sourceUnit
            self.count = count
        }

        /// Where the segment ends in the cleaned text.
        public var cleanEnd: Int { clean + cleanUnit * count }
        /// Where it ends in the source.
        public var sourceEnd: Int { source + sourceUnit * count }
    }

    /// The unit of a source's offsets.
    public enum Base: String, Sendable, Hashable, Codable {
        /// Bytes of the source itself.
        case source
        /// Bytes of the text that a reader made from a source without lines, such as a recording.
        case text
    }

    /// A stretch of cleaned text with its place.
    public struct PlacedRange: Sendable, Hashable {
        /// UTF-8 offsets into the cleaned text.
        public var range: Range<Int>
        public var place: Place

        public init(range: Range<Int>, place: Place) {
            self.range = range
            self.place = place
        }
    }

    /// In text order.
    public private(set) var segments: [Segment]
    /// Source offset at which each line starts; the first is 0. A line ends after `\n`, or after a `\r` that no `\n` follows.
    public private(set) var lineStarts: [Int]
    /// The 1-based number of the first line in ``lineStarts``. Greater than 1 if the text is one record of a larger
    /// file: a record carries only its own lines, not a table of the whole file.
    public private(set) var firstLine: Int
    /// The pages, times and the like of the source, ascending and without overlaps. Empty for text.
    public var places: [PlacedRange]
    public var base: Base
    /// The file inside of the source that the text came from, such as `notes/a.md` of an archive. Bytes and lines then
    /// count in that file. Nil for the source itself.
    public var member: String?

    public init(
        segments: [Segment], lineStarts: [Int], firstLine: Int = 1, places: [PlacedRange] = [], base: Base = .source,
        member: String? = nil
    ) {
        self.segments = segments
        self.lineStarts = lineStarts.isEmpty ? [0] : lineStarts
        self.firstLine = firstLine
        self.places = places
        self.base = base
        self.member = member
    }

    /// The map of a text that is identical to its source.
    public init(identityOf text: String) {
        let count = text.utf8.count
        self.init(
            segments: count == 0
                ? [] : [Segment(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: count)],
            lineStarts: SourceMap.lineStarts(in: text.utf8))
    }

    /// The source bytes that a stretch of cleaned text came from.
    ///
    /// Units are never cut: a range that touches part of a unit covers the unit's whole source.
    /// - Complexity: O(log segments).
    public func sourceRange(of range: Range<Int>) -> Range<Int> {
        guard !segments.isEmpty else { return 0..<0 }
        let start = sourceStart(of: range.lowerBound)
        guard !range.isEmpty else { return start..<start }
        return start..<max(start, sourceEnd(ofUnitAt: range.upperBound - 1))
    }

    /// The 1-based lines of the source that a stretch of cleaned text touches.
    public func lines(of range: Range<Int>) -> ClosedRange<Int> {
        let source = sourceRange(of: range)
        let first = line(at: source.lowerBound)
        return first...max(first, line(at: max(source.lowerBound, source.upperBound - 1)))
    }

    /// The 1-based line that holds a byte of the source.
    public func line(at sourceOffset: Int) -> Int {
        max(1, partitionPoint(lineStarts.count) { lineStarts[$0] <= sourceOffset }) + firstLine - 1
    }

    /// The stretch of cleaned text that came from a range of the source. Units are never cut.
    /// - Complexity: O(log segments).
    public func textRange(ofSource range: Range<Int>) -> Range<Int> {
        let first = partitionPoint(segments.count) { segments[$0].sourceEnd <= range.lowerBound }
        let last = partitionPoint(segments.count) { segments[$0].source < range.upperBound } - 1
        guard first <= last else { return 0..<0 }
        let (head, tail) = (segments[first], segments[last])
        let start = head.clean + max(0, range.lowerBound - head.source) / head.sourceUnit * head.cleanUnit
        let units = min(tail.count, (range.upperBound - tail.source - 1) / tail.sourceUnit + 1)
        return start..<max(start, tail.clean + units * tail.cleanUnit)
    }

    /// The places that a stretch of cleaned text touches, in text order, each once. Rows of one table that follow each
    /// other are one place.
    /// - Complexity: O(log places), and O(places found).
    public func places(of range: Range<Int>) -> [Place] {
        var found: [Place] = []
        for placed in touched(by: range) {
            if let joined = found.last?.joined(with: placed.place) {
                found[found.count - 1] = joined
            } else if found.last != placed.place, !found.prefix(Self.placesCompared).contains(placed.place) {
                found.append(placed.place)
            }
        }
        return found
    }

    /// A place that comes again is a header, which stands before the rows.
    private static let placesCompared = 8

    /// The places that overlap a range.
    /// - Complexity: O(log places).
    func touched(by range: Range<Int>) -> ArraySlice<PlacedRange> {
        guard !range.isEmpty else { return [] }
        let first = partitionPoint(places.count) { places[$0].range.upperBound <= range.lowerBound }
        let end = partitionPoint(places.count) { places[$0].range.lowerBound < range.upperBound }
        return places[first..<max(first, end)]
    }

    /// The map of the remaining text after its first `offset` bytes are cut off.
    ///
    /// - Precondition: `offset` lies between two units.
    public func suffix(from offset: Int) -> SourceMap {
        guard offset > 0 else { return self }
        var kept: [Segment] = []
        for segment in segments where segment.cleanEnd > offset {
            let cut = max(0, offset - segment.clean)
            precondition(
                cut.isMultiple(of: segment.cleanUnit),
                "The offset \(offset) lies within a unit of \(segment.cleanUnit) bytes.")
            let dropped = cut / segment.cleanUnit
            kept.append(
                Segment(
                    clean: segment.clean + dropped * segment.cleanUnit - offset,
                    source: segment.source + dropped * segment.sourceUnit, cleanUnit: segment.cleanUnit,
                    sourceUnit: segment.sourceUnit, count: segment.count - dropped))
        }
        return SourceMap(
            segments: kept, lineStarts: lineStarts, firstLine: firstLine,
            places: places.compactMap { $0.clipped(to: offset..<Int.max) }, base: base, member: member)
    }

    private func sourceStart(of offset: Int) -> Int {
        let index = max(0, partitionPoint(segments.count) { segments[$0].clean <= offset } - 1)
        let segment = segments[index]
        let unit = min(max(0, (offset - segment.clean) / segment.cleanUnit), segment.count)
        return segment.source + unit * segment.sourceUnit
    }

    private func sourceEnd(ofUnitAt offset: Int) -> Int {
        let index = max(0, partitionPoint(segments.count) { segments[$0].clean <= offset } - 1)
        let segment = segments[index]
        let unit = min(max(0, (offset - segment.clean) / segment.cleanUnit), segment.count - 1)
        return segment.source + (unit + 1) * segment.sourceUnit
    }

    /// Offsets at which lines start in a sequence of single-byte code units.
    public static func lineStarts(in bytes: some Sequence<UInt8>) -> [Int] {
        if let starts = bytes.withContiguousStorageIfAvailable({ lineStarts(inBuffer: $0) }) { return starts }
        return Array(bytes).withUnsafeBufferPointer { lineStarts(inBuffer: $0) }
    }

    private static func lineStarts(inBuffer bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
        var starts = [0]
        // Text of short lines has many, and a growing array would need twice the memory.
        starts.reserveCapacity(1 + bytes.count { $0 == 0x0A || $0 == 0x0D })
        let raw = UnsafeRawBufferPointer(bytes)
        var offset = -1
        while true {
            offset += 1
            // Eight bytes at a time while none is 0x0D or less.
            while offset + 8 <= raw.count {
                let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                guard (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080 == 0 else { break }
                offset += 8
            }
            guard offset < bytes.count else { break }
            let byte = bytes[offset]
            if byte == 0x0A {
                if offset > 0, bytes[offset - 1] == 0x0D {
                    starts[starts.count - 1] = offset + 1
                } else {
                    starts.append(offset + 1)
                }
            } else if byte == 0x0D {
                starts.append(offset + 1)
            }
        }
        return starts
    }
}

/// The first index in `0..<count` for which `belongs` is false. All true values precede all false ones.
func partitionPoint(_ count: Int, _ belongs: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
        let middle = (low + high) / 2
        if belongs(middle) { low = middle + 1 } else { high = middle }
    }
    return low
}

/// Collects the segments of a ``SourceMap`` from left to right, joining neighbours of the same shape.
public struct SourceMapBuilder: Sendable {
    /// The segments appended so far.
    public private(set) var segments: [SourceMap.Segment] = []
    /// Length of the cleaned text so far, in UTF-8 bytes.
    public private(set) var cleanCount = 0

    public init() {}

    /// Maps the next `cleanUnit × count` bytes of text to `sourceUnit × count` bytes at `source`.
    public mutating func append(source: Int, cleanUnit: Int = 1, sourceUnit: Int = 1, count: Int = 1) {
        precondition(cleanUnit > 0 && sourceUnit > 0 && count >= 0, "A unit holds at least one byte on either side.")
        guard count > 0 else { return }
        if let last = segments.last, last.cleanUnit == cleanUnit, last.sourceUnit == sourceUnit,
            last.source + last.sourceUnit * last.count == source
        {
            segments[segments.count - 1].count += count
        } else {
            segments.append(
                .init(clean: cleanCount, source: source, cleanUnit: cleanUnit, sourceUnit: sourceUnit, count: count))
        }
        cleanCount += cleanUnit * count
    }

    public func build(lineStarts: [Int], firstLine: Int = 1) -> SourceMap {
        SourceMap(segments: segments, lineStarts: lineStarts, firstLine: firstLine)
    }
}
