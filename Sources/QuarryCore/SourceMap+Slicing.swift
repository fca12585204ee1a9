extension SourceMap {
    /// The map of a stretch of the text, with offsets of that stretch.
    ///
    /// For every part of the range it gives the bytes, lines and places that this map gives. A unit at the edge is kept
    /// whole, so the first segment may begin before 0.
    /// - Complexity: O(segments, and places and lines of the range).
    public func slice(_ range: Range<Int>) -> SourceMap {
        let segments = segments.compactMap { $0.clipped(to: range) }
        let (start, stop) = (segments.first?.source ?? 0, segments.last?.sourceEnd ?? 0)
        let first = max(0, partitionPoint(lineStarts.count) { lineStarts[$0] <= start } - 1)
        let end = partitionPoint(lineStarts.count) { lineStarts[$0] < stop }
        return SourceMap(
            segments: segments, lineStarts: Array(lineStarts[first..<max(first + 1, end)]),
            firstLine: firstLine + first, places: touched(by: range).compactMap { $0.clipped(to: range) }, base: base,
            member: member)
    }

    /// The map of two stretches of one document as one text. The second stretch starts at `offset`.
    ///
    /// - `next`: The map of a later stretch, which may begin before this one ends.
    public func joined(with next: SourceMap, at offset: Int) -> SourceMap {
        var lineStarts = lineStarts
        let known = firstLine + lineStarts.count
        // The lines between the stretches contain no text, but they are counted.
        lineStarts += repeatElement(next.lineStarts[0], count: max(0, next.firstLine - known))
        lineStarts += next.lineStarts.dropFirst(max(0, known - next.firstLine))
        var places = places.compactMap { $0.clipped(to: 0..<offset) }
        for var place in next.places {
            place.range = (place.range.lowerBound + offset)..<(place.range.upperBound + offset)
            if let last = places.last, last.place == place.place, last.range.upperBound >= place.range.lowerBound {
                places[places.count - 1].range = last.range.lowerBound..<place.range.upperBound
            } else {
                places.append(place)
            }
        }
        return SourceMap(
            segments: segments.compactMap { $0.clipped(to: 0..<offset) }
                + next.segments.map { segment in
                    var segment = segment
                    segment.clean += offset
                    return segment
                },
            lineStarts: lineStarts, firstLine: firstLine, places: places, base: base, member: member)
    }
}

extension SourceMap.Segment {
    /// The units that a range touches, with offsets from its start; nil if it touches none.
    package func clipped(to range: Range<Int>) -> SourceMap.Segment? {
        guard cleanEnd > range.lowerBound, clean < range.upperBound else { return nil }
        let first = max(0, range.lowerBound - clean) / cleanUnit
        let end = min(count, (range.upperBound - clean - 1) / cleanUnit + 1)
        return SourceMap.Segment(
            clean: clean + first * cleanUnit - range.lowerBound, source: source + first * sourceUnit,
            cleanUnit: cleanUnit, sourceUnit: sourceUnit, count: end - first)
    }
}

extension SourceMap.PlacedRange {
    /// The part that lies in a range, with offsets from its start; nil if there is none.
    package func clipped(to other: Range<Int>) -> SourceMap.PlacedRange? {
        let part = range.clamped(to: other)
        guard !part.isEmpty else { return nil }
        return .init(range: (part.lowerBound - other.lowerBound)..<(part.upperBound - other.lowerBound), place: place)
    }
}
