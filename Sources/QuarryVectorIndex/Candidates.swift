import QuarryCore

/// The rows that may be among the best of a search, given scores with a rounding error.
///
/// Let `e` bound the error of a score. A row among the best `limit` by its true score has a computed score of at least
/// the `limit`-th best computed score minus `2e`; all such rows are kept. For unit vectors of `n` elements in single
/// precision `e ≤ n · 2⁻²⁴` for any order of the sum (Higham, “Accuracy and Stability of Numerical Algorithms”, §3.1).
struct Candidates {
    private let margin: Float
    private var best: BestScores
    private var kept: [(row: Int, score: Float)] = []
    private var compactionSize: Int

    init(limit: Int, dimension: Int) {
        best = BestScores(limit: limit)
        margin = 2 * Float(dimension + 8) * 0x1p-24
        compactionSize = max(1024, 4 * limit)
    }

    private var threshold: Float { best.last - margin }

    mutating func insert(_ scores: UnsafeBufferPointer<Float>, firstRow: Int, ids: [ChunkID], mask: ChunkMask?) {
        var threshold = threshold
        for (offset, score) in scores.enumerated() where score >= threshold {
            let row = firstRow + offset
            if let mask, !mask.contains(ids[row]) { continue }
            best.insert(score)
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
}
