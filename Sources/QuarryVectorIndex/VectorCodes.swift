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
        to unit: UnsafePointer<Float>, limit: Int, among mask: ChunkMask?, confidence: VectorCoder.Confidence,
        kernel: CodeKernels.Kernel = .best, cosine: (ChunkID) throws -> Double
    ) rethrows -> [ScoredID] {
        let query = coder.query(unit, confidence: confidence)
        var candidates = BoundedRows(candidates(for: query, limit: limit, among: mask, kernel: kernel))
        var best = BestScores(limit: limit)
        var hits: [ScoredID] = []
        while let next = candidates.removeFirst(), next.upper >= best.last {
            let id = blocks[Int(next.block)].id(ofRow: Int(next.row))
            let hit = ScoredID(id: id, score: Float(min(1, max(-1, try cosine(id)))))
            best.insert(hit.score)
            hits.append(hit)
        }
        hits.sort(by: ScoredID.precedes)
        return Array(hits.prefix(limit))
    }

    /// The rows that may be among the best by both codes.
    private func candidates(
        for query: VectorCoder.Query, limit: Int, among mask: ChunkMask?, kernel: CodeKernels.Kernel
    ) -> [BoundedRows.Row] {
        // Few rows have one of the best estimates so far. Their fine bounds soon exclude most of the others.
        var (estimates, lower) = (BestScores(limit: limit), BestScores(limit: limit))
        var rows: [BoundedRows.Row] = []
        var found = CodeKernels.Found(capacity: blocks.reduce(0) { max($0, $1.count) })
        for (number, block) in blocks.enumerated() {
            let members = mask.flatMap { block.members(of: $0) }
            if let members, members.isEmpty { continue }
            CodeKernels.scan(
                block.groups, rows: block.count, columns: block.columns, members: members, query: query.coarse,
                threshold: lower.last, kernel: kernel, into: &found)
            for index in 0..<found.count where found.upper[index] >= lower.last {
                rows.append(.init(upper: found.upper[index], block: UInt32(number), row: found.rows[index]))
                let estimate = (found.lower[index] + found.upper[index]) / 2
                guard estimate > estimates.last else { continue }
                estimates.insert(estimate)
                lower.insert(block.fineBounds(ofRow: Int(found.rows[index]), for: query, kernel: kernel).lower)
            }
        }
        let known = lower.last
        lower = BestScores(limit: limit)
        var refined: [BoundedRows.Row] = []
        rows.removeAll { $0.upper < known }
        for (index, var row) in rows.enumerated() where row.upper >= lower.last {
            if index + 2 < rows.count { blocks[Int(rows[index + 2].block)].prefetch(row: Int(rows[index + 2].row)) }
            let bounds = blocks[Int(row.block)].fineBounds(ofRow: Int(row.row), for: query, kernel: kernel)
            guard bounds.upper >= max(known, lower.last) else { continue }
            lower.insert(bounds.lower)
            row.upper = bounds.upper
            refined.append(row)
        }
        return refined
    }
}

/// Rows that are taken in the order of their upper bounds, highest first: a binary heap, since few of them are.
private struct BoundedRows {
    struct Row {
        var upper: Float
        /// Indexes into the blocks of the codes, and into the rows of the block.
        var block: UInt32
        var row: UInt32
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
