extension SourceMap {
    /// Composes two maps: `outer` leads from a text to its raw form, `inner` from the raw form to the source. The
    /// result leads from the text to the source.
    ///
    /// A unit that covers several units of `inner` maps to all their bytes together. `inner` is not empty unless
    /// `outer` is.
    /// - Complexity: O(outer units + inner segments between them), where a run of identical bytes counts as one unit.
    public static func composition(of outer: [Segment], over inner: [Segment]) -> [Segment] {
        guard !inner.isEmpty else { return [] }
        var builder = SourceMapBuilder()
        var cursor = Cursor(segments: inner, from: outer.first?.source ?? 0)
        for segment in outer {
            if segment.cleanUnit == 1, segment.sourceUnit == 1 {
                cursor.appendRun(from: segment.source, through: segment.sourceEnd, to: &builder)
            } else {
                for unit in 0..<segment.count {
                    let start = segment.source + unit * segment.sourceUnit
                    let source = cursor.source(of: start..<start + segment.sourceUnit)
                    builder.append(source: source.lowerBound, cleanUnit: segment.cleanUnit, sourceUnit: source.count)
                }
            }
        }
        return builder.segments
    }
}

/// Reads segments from left to right.
private struct Cursor {
    let segments: [SourceMap.Segment]
    var index = 0

    init(segments: [SourceMap.Segment], from start: Int) {
        self.segments = segments
        var end = segments.count
        while index + 1 < end {
            let middle = (index + end) / 2
            if segments[middle].clean <= start { index = middle } else { end = middle }
        }
    }

    private mutating func move(to offset: Int) {
        while index + 1 < segments.count, segments[index + 1].clean <= offset { index += 1 }
    }

    /// The bytes behind a range that is not empty.
    mutating func source(of range: Range<Int>) -> Range<Int> {
        move(to: range.lowerBound)
        let first = segments[index]
        let start = first.source + (range.lowerBound - first.clean) / first.cleanUnit * first.sourceUnit
        move(to: range.upperBound - 1)
        let last = segments[index]
        let end = last.source + ((range.upperBound - 1 - last.clean) / last.cleanUnit + 1) * last.sourceUnit
        return start..<max(start + 1, end)
    }

    mutating func appendRun(from start: Int, through end: Int, to builder: inout SourceMapBuilder) {
        var offset = start
        while offset < end {
            move(to: offset)
            let segment = segments[index]
            let stop = index + 1 < segments.count ? min(end, segment.cleanEnd) : end
            let length = stop - offset
            if (offset - segment.clean).isMultiple(of: segment.cleanUnit), length.isMultiple(of: segment.cleanUnit) {
                builder.append(
                    source: segment.source + (offset - segment.clean) / segment.cleanUnit * segment.sourceUnit,
                    cleanUnit: segment.cleanUnit, sourceUnit: segment.sourceUnit, count: length / segment.cleanUnit)
            } else {
                let source = source(of: offset..<stop)
                builder.append(source: source.lowerBound, cleanUnit: length, sourceUnit: source.count)
            }
            offset = stop
        }
    }
}
