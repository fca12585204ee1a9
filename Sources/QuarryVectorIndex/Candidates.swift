import QuarryCore

/// The rows that may be among the best of a search, given scores with a rounding error.
///
/// Let `e` bound the error of a score. A row among the best `limit` by its true score has a computed score of at least
/// the `limit`-th best computed score minus `2e`; all such rows are kept. For unit vectors of `n` elements in single
/// precision `e ≤ n · 2⁻²⁴` for any order of the sum (Higham, “Accuracy and Stability of Numerical Algorithms”, §3.1).
struct Candidates {
    private let limit: Int
    private let margin: Float
    /// The best `limit` scores so far, in a binary heap with the lowest at its root.
    private var heap: [Float] = []
    private var kept: [(row: Int, score: Float)] = []
    private var compactionSize: Int

    init(limit: Int, dimension: Int) {
        self.limit = limit
        margin = 2 * Float(dimension + 8) * 0x1p-24
        compactionSize = max(1024, 4 * limit)
    }

    private var threshold: Float { heap.count < limit ? -.infinity : heap[0] - margin }

    mutating func insert(_ scores: UnsafeBufferPointer<Float>, firstRow: Int, ids: [ChunkID], mask: ChunkMask?) {
        var threshold = threshold
        for (offset, score) in scores.enumerated() where score >= threshold {
            let row = firstRow + offset
            if let mask, !mask.contains(ids[row]) { continue }
            push(score)
            kept.append((row, score))
            threshold = self.threshold
            if kept.count >= compactionSize { compact() }
        }
    }

    /// The rows that may be among the best, ascending.
    func rows() -> [Int] {
        let threshold = threshold
        return kept.compactMap { $0.score >= threshold ? $0.row : nil }
    }

    private mutating func compact() {
        let threshold = threshold
        kept.removeAll { $0.score < threshold }
        compactionSize = max(compactionSize, 2 * kept.count)
    }

    private mutating func push(_ score: Float) {
        if heap.count < limit {
            heap.append(score)
            var child = heap.count - 1
            while child > 0, heap[child] < heap[(child - 1) / 2] {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        } else if score > heap[0] {
            heap[0] = score
            var parent = 0
            while true {
                var least = parent
                if 2 * parent + 1 < limit, heap[2 * parent + 1] < heap[least] { least = 2 * parent + 1 }
                if 2 * parent + 2 < limit, heap[2 * parent + 2] < heap[least] { least = 2 * parent + 2 }
                if least == parent { return }
                heap.swapAt(least, parent)
                parent = least
            }
        }
    }
}
