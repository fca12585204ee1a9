import QuarryCore
import QuarryLinearAlgebra

/// The codes of all vectors of a generation: an immutable snapshot that finds the few rows whose vectors must be read.
///
/// A search bounds every cosine by the codes of one bit, then those that may be among the best by the fine codes. The rows
/// that are left are scored exactly in the order of their upper bounds, until no bound reaches the last hit: the bounds
/// decide how many vectors are read, and scores and ties are those of an exact search.
struct VectorCodes: Sendable {
    let coder: VectorCoder
    /// Ascending.
    let blocks: [CodeBlock]
    let count: Int

    init(coder: VectorCoder, blocks: [CodeBlock]) {
        self.coder = coder
        self.blocks = blocks
        count = blocks.reduce(0) { $0 + $1.count }
    }

    /// The number of chunks of a mask that have a vector.
    func memberCount(of mask: ChunkMask) -> Int { blocks.reduce(0) { $0 + $1.memberCount(of: mask) } }

    /// The chunks of a mask that have a vector, ascending.
    func members(of mask: ChunkMask) -> [ChunkID] {
        blocks.flatMap { block -> [ChunkID] in
            guard block.memberCount(of: mask) > 0 else { return [] }
            return block.ids.filter(mask.contains)
        }
    }

    /// The rows nearest to a query, best first.
    ///
    /// - `unit`: Of length 1, with the dimension of the coder.
    /// - `limit`: At least one.
    /// - `cosine`: The exact cosine of a chunk's vector with the query.
    func nearest(
        to unit: UnsafePointer<Float>, limit: Int, among mask: ChunkMask?,
        confidence: VectorCoder.Confidence,
        kernel: CodeKernels.Kernel = .best, cosine: (ChunkID) throws -> Double
    ) rethrows -> [ScoredID] {
        let query = coder.query(unit, confidence: confidence)
        var best = BestScores(limit: limit)
        var hits: [ScoredID] = []
        func score(_ row: BoundedRows.Row) throws {
            let id = blocks[Int(row.block)].id(ofRow: Int(row.row))
            let hit = ScoredID(id: id, score: Float(min(1, max(-1, try cosine(id)))))
            best.insert(hit.score)
            hits.append(hit)
        }
        let (rows, likely) = candidates(for: query, limit: limit, among: mask, kernel: kernel)
        // They are hits in all likelihood. Their scores exclude most of the other rows.
        for row in likely { try score(row) }
        let scored = Set(likely.map(\.place))
        var refined: [BoundedRows.Row] = []
        let left = rows.filter { $0.upper >= best.last && !scored.contains($0.place) }
        for (index, var row) in left.enumerated() {
            if index + 2 < left.count {
                blocks[Int(left[index + 2].block)].prefetch(row: Int(left[index + 2].row))
            }
            row.upper =
                blocks[Int(row.block)].fineBounds(ofRow: Int(row.row), for: query, kernel: kernel).upper
            if row.upper >= best.last { refined.append(row) }
        }
        var order = BoundedRows(refined)
        while let next = order.removeFirst(), next.upper >= best.last { try score(next) }
        hits.sort(by: ScoredID.precedes)
        return Array(hits.prefix(limit))
    }

    /// The rows that may be among the best by the codes of one bit, and the `limit` that are likely to be.
    private func candidates(
        for query: VectorCoder.Query, limit: Int, among mask: ChunkMask?, kernel: CodeKernels.Kernel
    ) -> (rows: [BoundedRows.Row], likely: [BoundedRows.Row]) {
        // Few rows have one of the best estimates so far. Their fine bounds soon exclude most of the others.
        var (estimates, lower) = (BestScores(limit: 2 * limit), BestScores(limit: limit))
        var (rows, likely): ([BoundedRows.Row], [BoundedRows.Row]) = ([], [])
        var found = CodeKernels.Found(capacity: blocks.reduce(0) { max($0, $1.count) })
        for (number, block) in blocks.enumerated() {
            let members = mask.flatMap { block.members(of: $0) }
            if let members, members.isEmpty { continue }
            CodeKernels.scan(
                block.groups, rows: block.count, columns: block.columns, members: members,
                query: query.coarse,
                threshold: lower.last, kernel: kernel, into: &found)
            for index in 0..<found.count where found.upper[index] >= lower.last {
                var row = BoundedRows.Row(
                    upper: found.upper[index], block: UInt32(number), row: found.rows[index])
                rows.append(row)
                let estimate = found.estimates[index]
                guard estimate > estimates.last else { continue }
                estimates.insert(estimate)
                let bounds = block.fineBounds(ofRow: Int(row.row), for: query, kernel: kernel)
                lower.insert(bounds.lower)
                row.upper = bounds.upper
                likely.append(row)
            }
        }
        likely.sort { $0.upper > $1.upper }
        return (rows.filter { $0.upper >= lower.last }, Array(likely.prefix(limit)))
    }
}

/// Rows that are taken in the order of their upper bounds, highest first: a binary heap, since few of them are.
private struct BoundedRows {
    struct Row {
        var upper: Float
        /// Indexes into the blocks of the codes, and into the rows of the block.
        var block: UInt32
        var row: UInt32

        var place: UInt64 { UInt64(block) << 32 | UInt64(row) }
    }

    private var heap: [Row]

    init(_ rows: [Row]) {
        heap = rows
        for parent in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(parent) }
    }

    mutating func removeFirst() -> Row? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return first
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var greatest = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left].upper > heap[greatest].upper { greatest = left }
            if left + 1 < heap.count, heap[left + 1].upper > heap[greatest].upper { greatest = left + 1 }
            if greatest == parent { return }
            heap.swapAt(greatest, parent)
            parent = greatest
        }
    }
}
