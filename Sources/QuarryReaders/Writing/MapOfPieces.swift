import QuarryCore

/// The map from a written text to its source. Bytes without a source are joined with the next that has one.
struct MapOfPieces {
    private var builder = SourceMapBuilder()
    private var waiting = 0
    private var sourceEnd = 0
    private var isAscending = true

    /// Adds a byte of the text.
    mutating func add(_ source: Int?) {
        waiting += 1
        if let source { join(source..<source + 1) }
    }

    /// Maps the bytes that wait to a range of the source.
    mutating func join(_ source: Range<Int>) {
        guard waiting > 0, !source.isEmpty else { return }
        guard source.lowerBound >= sourceEnd else {
            isAscending = false
            return
        }
        builder.append(source: source.lowerBound, cleanUnit: waiting, sourceUnit: source.count)
        sourceEnd = source.upperBound
        waiting = 0
    }

    /// The segments; nil if the pieces did not come in the order of the source.
    consuming func finished(length: Int) -> [SourceMap.Segment]? {
        if waiting > 0, sourceEnd < length { join(sourceEnd..<length) }
        guard isAscending else { return nil }
        var segments = builder.segments
        guard waiting > 0 else { return segments }
        // Nothing of the source is left: the rest belongs to its last unit.
        guard var last = segments.popLast() else { return nil }
        if last.count > 1 {
            last.count -= 1
            segments.append(last)
            (last.clean, last.source, last.count) = (last.cleanEnd, last.sourceEnd, 1)
        }
        last.cleanUnit += waiting
        return segments + [last]
    }
}
