/// The walk of LexRank.
enum RandomWalk {
    /// The stationary distribution of a walk. What a step loses, at sentences without edges, jumps anywhere.
    static func stationary(_ count: Int, step: ([Double]) -> [Double]) -> [Double] {
        var ranks = [Double](repeating: 1 / Double(count), count: count)
        for _ in 0..<50 {
            let moved = step(ranks).map { $0 * 0.85 }
            let jump = (1 - moved.reduce(0, +)) / Double(count)
            let next = moved.map { $0 + jump }
            let change = zip(next, ranks).reduce(0) { $0 + abs($1.0 - $1.1) }
            ranks = next
            if change < 1e-6 { break }
        }
        return ranks
    }
}
