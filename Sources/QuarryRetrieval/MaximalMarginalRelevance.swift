/// Selects hits that are relevant and differ from those already selected (Carbonell and Goldstein, SIGIR 1998).
public struct MaximalMarginalRelevance: Sendable, Hashable {
    /// From 0 (diversity only) to 1 (relevance only).
    public let lambda: Double

    /// - Precondition: `lambda` lies in 0...1.
    public init(lambda: Double) {
        precondition((0...1).contains(lambda), "The lambda of maximal marginal relevance is \(lambda), not in 0...1.")
        self.lambda = lambda
    }

    /// The positions of at most `limit` candidates. Each maximises `lambda · relevance − (1 − lambda) · similarity` to
    /// those before it.
    ///
    /// Relevance is the score scaled to 0...1 over the candidates. Ties go to the earlier candidate. A larger limit
    /// returns the same positions first.
    /// - `scores`: Scores of the candidates, best first.
    /// - `vectors`: Unit vectors of the candidates; nil counts as similar to none.
    /// - Precondition: `vectors.count == scores.count`.
    /// - Complexity: O(limit · candidates · dimension).
    public func select(_ scores: [Double], vectors: [[Float]?], limit: Int) -> [Int] {
        precondition(vectors.count == scores.count, "\(vectors.count) vectors for \(scores.count) candidates.")
        let highest = scores.max() ?? 0
        let lowest = scores.min() ?? 0
        let relevance = scores.map { highest > lowest ? ($0 - lowest) / (highest - lowest) : 1 }
        var similarity = [Double](repeating: 0, count: scores.count)
        var rest = Array(scores.indices)
        var picked: [Int] = []
        while picked.count < limit, !rest.isEmpty {
            var best = 0
            var bestValue = -Double.infinity
            for (position, candidate) in rest.enumerated() {
                let value = lambda * relevance[candidate] - (1 - lambda) * similarity[candidate]
                if value > bestValue { (best, bestValue) = (position, value) }
            }
            let chosen = rest.remove(at: best)
            picked.append(chosen)
            guard let vector = vectors[chosen] else { continue }
            for candidate in rest {
                guard let other = vectors[candidate] else { continue }
                similarity[candidate] = max(similarity[candidate], Self.dot(vector, other))
            }
        }
        return picked
    }

    private static func dot(_ a: [Float], _ b: [Float]) -> Double {
        var sum: Float = 0
        for (x, y) in zip(a, b) { sum += x * y }
        return Double(sum)
    }
}
