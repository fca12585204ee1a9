/// Merges units greedily into runs. Each run becomes one chunk.
///
/// Units are taken from left to right. A unit joins the run if the sum stays within the target. A unit too long for any
/// chunk is cut, and its pieces continue the run. A unit that fits its own chunk starts the next run. A run of only
/// headings, or one below the tiny length, takes the next unit up to the maximum, or its first pieces. A unit that opens a
/// chunk starts the next run, unless the run before is as short as that.
struct ChunkPacker {
    /// The content of one chunk.
    struct Run {
        var range: Range<Int>
        var tokens: Int
        /// The part that does not repeat the previous run.
        var fresh: TextUnit
        var breadcrumb: Int
        var tableHeader: Int?

        var withoutOverlap: Run {
            Run(
                range: fresh.range, tokens: fresh.tokens, fresh: fresh, breadcrumb: fresh.breadcrumb,
                tableHeader: fresh.tableHeader)
        }
    }

    let cutter: UnitCutter
    let length: ChunkLength
    /// Breadcrumbs and table headers take room in a chunk; nil if the length has been reduced by them.
    let outline: Outline?

    private var runs: [Run] = []
    private var current: [TextUnit] = []
    private var currentTokens = 0
    private var freshTokens = 0
    private var headingCount = 0
    /// The number of units in `current` that repeat the previous run.
    private var overlapCount = 0

    init(cutter: UnitCutter, length: ChunkLength, outline: Outline?) {
        self.cutter = cutter
        self.length = length
        self.outline = outline
    }

    /// - Parameter units: Adjacent units in text order that may share a chunk.
    mutating func pack(_ units: [TextUnit]) -> [Run] {
        guard let first = units.first else { return [] }
        runs = []
        overlapCount = 0
        let total = units.reduce(overhead(first)) { $0 + $1.tokens }
        if total <= length.maximum, !units.contains(where: \.opensChunk) {
            append(units[...])
            return runs
        }
        restart(with: [], overlap: 0)
        // A unit, or its pieces if it is cut.
        var pending: [TextUnit] = []
        for unit in units {
            pending.append(unit)
            while let unit = pending.popLast() { place(unit, &pending) }
        }
        if overlapCount < current.count { append(current[...]) }
        joinTinyTail()
        return runs
    }

    private mutating func place(_ unit: TextUnit, _ pending: inout [TextUnit]) {
        if unit.isHeading, overlapCount == current.count { restart(with: [], overlap: 0) }
        guard let first = current.first else {
            if unit.tokens + overhead(unit) > length.maximum, let pieces = cutter.cut(unit) {
                pending.append(contentsOf: pieces.reversed())
            } else {
                take(unit)
            }
            return
        }
        let joined = overhead(first) + currentTokens + unit.tokens
        if unit.opensChunk, overlapCount < current.count, !isHeadings, freshTokens >= length.tiny {
            close()
            pending.append(unit)
        } else if joined <= length.target {
            take(unit)
        } else if overlapCount == current.count {
            let repeated = Array(current.dropFirst())
            restart(with: repeated, overlap: repeated.count)
            pending.append(unit)
        } else if isHeadings || freshTokens < length.tiny {
            placeAfterShortRun(unit, joined: joined, &pending)
        } else if unit.tokens + overhead(unit) > length.maximum, let pieces = cutter.cut(unit) {
            pending.append(contentsOf: pieces.reversed())
        } else {
            close()
            pending.append(unit)
        }
    }

    private mutating func placeAfterShortRun(_ unit: TextUnit, joined: Int, _ pending: inout [TextUnit]) {
        if joined <= length.maximum {
            take(unit)
        } else if isHeadings || unit.mayFollowIntroduction || unit.tokens + overhead(unit) > length.maximum,
            let pieces = cutter.cut(unit, sparingSentences: !isHeadings && unit.tokens <= length.maximum)
        {
            pending.append(contentsOf: pieces.reversed())
        } else {
            close(evenIfHeadings: true)
            pending.append(unit)
        }
    }

    private var isHeadings: Bool { headingCount == current.count }

    private func overhead(_ unit: TextUnit) -> Int {
        outline?.tokens(breadcrumb: unit.breadcrumb, tableHeader: unit.tableHeader) ?? 0
    }

    private mutating func take(_ unit: TextUnit) {
        current.append(unit)
        currentTokens += unit.tokens
        freshTokens += unit.tokens
        if unit.isHeading { headingCount += 1 }
    }

    /// The first `overlap` of the units repeat the previous run.
    private mutating func restart(with units: [TextUnit], overlap: Int) {
        current.removeAll(keepingCapacity: true)
        (currentTokens, freshTokens, headingCount) = (0, 0, 0)
        for unit in units { take(unit) }
        overlapCount = overlap
        freshTokens -= units[..<overlap].reduce(0) { $0 + $1.tokens }
    }

    /// Ends the run. Headings at its end move to the next run.
    private mutating func close(evenIfHeadings: Bool = false) {
        var end = current.count
        if !(evenIfHeadings && isHeadings) {
            while end > overlapCount + 1, current[end - 1].isHeading { end -= 1 }
        }
        let headings = Array(current[end...])
        let closed = current[..<end]
        append(closed)
        let repeated = headings.isEmpty ? overlap(of: closed) : []
        restart(with: repeated + headings, overlap: repeated.count)
    }

    private mutating func append(_ units: ArraySlice<TextUnit>) {
        guard let first = units.first, let last = units.last else { return }
        let freshUnits = units.dropFirst(overlapCount)
        var fresh = freshUnits.first ?? last
        fresh.range = fresh.range.lowerBound..<last.range.upperBound
        fresh.words = fresh.words.lowerBound..<last.words.upperBound
        fresh.tokens = freshUnits.reduce(0) { $0 + $1.tokens }
        fresh.form = .paragraphs
        runs.append(
            Run(
                range: first.range.lowerBound..<last.range.upperBound, tokens: units.reduce(0) { $0 + $1.tokens },
                fresh: fresh, breadcrumb: first.breadcrumb, tableHeader: first.tableHeader))
    }

    /// The last whole pieces of a run that fit the overlap, but never the whole run.
    private func overlap(of units: ArraySlice<TextUnit>) -> [TextUnit] {
        guard length.overlap > 0, let first = units.first, let last = units.last else { return [] }
        var taken: [TextUnit] = []
        var room = length.overlap
        var pending = units.filter { $0.breadcrumb == last.breadcrumb && !$0.isHeading }
        while let unit = pending.popLast() {
            if unit.tokens <= room, unit.range.lowerBound > first.range.lowerBound {
                taken.append(unit)
                room -= unit.tokens
            } else if let pieces = cutter.cut(unit, sparingSentences: true) {
                pending = pieces
            } else {
                break
            }
        }
        return taken.reversed()
    }

    private mutating func joinTinyTail() {
        guard runs.count > 1, let tail = runs.last?.fresh, tail.tokens < length.tiny else { return }
        var joined = runs[runs.count - 2]
        let overhead = outline?.tokens(breadcrumb: joined.breadcrumb, tableHeader: joined.tableHeader) ?? 0
        guard overhead + joined.tokens + tail.tokens <= length.maximum else { return }
        joined.range = joined.range.lowerBound..<tail.range.upperBound
        joined.tokens += tail.tokens
        joined.fresh.range = joined.fresh.range.lowerBound..<tail.range.upperBound
        joined.fresh.words = joined.fresh.words.lowerBound..<tail.words.upperBound
        joined.fresh.tokens += tail.tokens
        runs.removeLast(2)
        runs.append(joined)
    }
}
