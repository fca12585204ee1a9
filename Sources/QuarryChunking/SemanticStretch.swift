import QuarryCore

/// Units of a document in text order, whose prose is compared piece by piece to find where chunks begin.
struct SemanticStretch {
    private enum Part {
        case unit(TextUnit)
        /// The index of a run of prose.
        case run(Int)
    }

    /// Adjacent pieces of prose.
    private struct Run {
        var pieces: [TextUnit] = []
        /// The room that a chunk has for them, in tokens.
        var room = 0
        var tokens = 0
    }

    private let cutter: UnitCutter
    private let length: ChunkLength
    private let outline: Outline
    /// For each segment of units that may share chunks, its parts.
    private var segments: [[Part]] = []
    private var runs: [Run] = []
    private var count = 0

    /// Pieces to compare at once. A longer run is divided.
    private static let capacity = 4096

    init(cutter: UnitCutter, length: ChunkLength, outline: Outline) {
        self.cutter = cutter
        self.length = length
        self.outline = outline
    }

    var isFull: Bool { count >= Self.capacity }

    /// - Parameter units: Units that may share chunks.
    mutating func add(_ units: [TextUnit]) {
        var parts: [Part] = []
        var run = Run()
        func close() {
            guard !run.pieces.isEmpty else { return }
            parts.append(.run(runs.count))
            runs.append(run)
            count += run.pieces.count
            run = Run()
        }
        for unit in units {
            guard !unit.isHeading, unit.mayFollowIntroduction else {
                close()
                parts.append(.unit(unit))
                continue
            }
            cutter.forEachSentence(of: unit) { sentence in
                if sentence.tokens > length.maximum {
                    close()
                    parts.append(.unit(sentence))
                    return
                }
                if run.pieces.count >= Self.capacity { close() }
                if run.pieces.isEmpty {
                    let context = outline.tokens(breadcrumb: sentence.breadcrumb, tableHeader: nil)
                    run.room = max(1, length.target - context - length.overlap)
                }
                run.tokens += sentence.tokens
                if let last = run.pieces.last, last.tokens < length.piece,
                    last.tokens + sentence.tokens <= length.target
                {
                    run.pieces[run.pieces.count - 1] = last.joined(to: sentence)
                } else {
                    run.pieces.append(sentence)
                }
            }
        }
        close()
        segments.append(parts)
    }

    /// Ends the stretch.
    ///
    /// - Returns: For each segment, its units, with the groups of pieces that belong together as units.
    mutating func cut(by embedder: any Embedder) async throws -> [[TextUnit]] {
        var groups: [[TextUnit]] = []
        while groups.count < runs.count {
            var (end, pieces) = (groups.count, 0)
            while end < runs.count, pieces < Self.capacity {
                pieces += runs[end].pieces.count
                end += 1
            }
            groups += try await Self.groups(
                of: runs[groups.count..<end], tiny: length.tiny, text: cutter.text, embedder)
        }
        let cut = segments.map { parts in
            parts.flatMap { part in
                switch part {
                case .unit(let unit): [unit]
                case .run(let index): groups[index]
                }
            }
        }
        (segments, runs, count) = ([], [], 0)
        return cut
    }

    /// For each run, the groups of its pieces. The second and the later groups of a run begin a chunk.
    private static func groups(
        of runs: ArraySlice<Run>, tiny: Int, text: MeasuredText, _ embedder: any Embedder
    ) async throws -> [[TextUnit]] {
        // Others are too short to be cut in two.
        let compared = runs.filter { $0.pieces.count > 1 && $0.tokens >= 2 * max(1, tiny) }
        let texts = compared.flatMap { $0.pieces.map { text.string($0.range) } }
        let vectors = try await PieceVectors(of: texts, by: embedder)
        var row = 0
        return runs.map { run in
            guard run.pieces.count > 1, run.tokens >= 2 * max(1, tiny) else { return run.pieces }
            let rows = row..<row + run.pieces.count
            row = rows.upperBound
            let ranges = vectors.groups(of: rows, tokens: run.pieces.map(\.tokens), room: run.room, tiny: tiny)
            return ranges.enumerated().map { number, range in
                var group = run.pieces[range].dropFirst().reduce(run.pieces[range.lowerBound]) { $0.joined(to: $1) }
                group.opensChunk = number > 0
                return group
            }
        }
    }
}

extension ChunkLength {
    /// Shorter sentences say too little alone. A semantic chunker joins them to the next one.
    fileprivate var piece: Int { max(1, target / 12) }
}
