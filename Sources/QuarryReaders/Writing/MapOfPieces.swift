import QuarryCore

/// The map from a written text to its source.
///
/// Bytes without a source, such as the sign of a heading, are joined with the next byte that has one; closing signs, such
/// as the bar at the end of a row, with the last that had one.
struct MapOfPieces {
    private var segments: [SourceMap.Segment] = []
    private var cleanCount = 0
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
        if let last = segments.last, last.cleanUnit == waiting, last.sourceUnit == source.count,
            last.sourceEnd == source.lowerBound
        {
            segments[segments.count - 1].count += 1
        } else {
            segments.append(
                .init(
                    clean: cleanCount, source: source.lowerBound, cleanUnit: waiting, sourceUnit: source.count, count: 1
                )
            )
        }
        cleanCount += waiting
        sourceEnd = source.upperBound
        waiting = 0
    }

    /// Joins the bytes that wait with the last unit.
    mutating func close() {
        guard waiting > 0, var last = segments.popLast() else { return }
        if last.count > 1 {
            last.count -= 1
            segments.append(last)
            (last.clean, last.source, last.count) = (last.cleanEnd, last.sourceEnd, 1)
        }
        last.cleanUnit += waiting
        segments.append(last)
        cleanCount += waiting
        waiting = 0
    }

    /// The segments; nil if the pieces did not come in the order of the source, or had no source.
    consuming func finished() -> [SourceMap.Segment]? {
        close()
        return isAscending && waiting == 0 ? segments : nil
    }
}
