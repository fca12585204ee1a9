/// The best scores of a search so far.
struct BestScores {
    private let limit: Int
    /// A binary heap with the lowest at its root.
    private var heap: [Float] = []

    /// - `limit`: How many are kept, at least one.
    init(limit: Int) { self.limit = limit }

    /// The lowest that is kept: a lower score is not among the best. Minus infinity while there are fewer than `limit`.
    var last: Float { heap.count < limit ? -.infinity : heap[0] }

    /// - Complexity: O(log limit); O(1) for a score that is not among the best.
    mutating func insert(_ score: Float) {
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
