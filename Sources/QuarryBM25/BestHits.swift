import QuarryCore

/// The best hits of a stream, in a binary heap with the worst at its root.
struct BestHits {
    private let limit: Int
    private var heap: [ScoredID] = []

    init(limit: Int) { self.limit = limit }

    mutating func insert(_ hit: ScoredID) {
        if heap.count < limit {
            heap.append(hit)
            siftUp(heap.count - 1)
        } else if let worst = heap.first, ScoredID.precedes(hit, worst) {
            heap[0] = hit
            siftDown(0)
        }
    }

    /// The score that another hit must reach; nil as long as every hit is taken.
    var lowestScore: Float? { heap.count == limit ? heap.first?.score : nil }

    /// Best first.
    func sorted() -> [ScoredID] { heap.sorted(by: ScoredID.precedes) }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard ScoredID.precedes(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var worst = parent
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            if left < heap.count, ScoredID.precedes(heap[worst], heap[left]) { worst = left }
            if right < heap.count, ScoredID.precedes(heap[worst], heap[right]) { worst = right }
            guard worst != parent else { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
