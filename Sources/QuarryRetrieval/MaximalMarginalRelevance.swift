public import QuarryCore

/// Picks hits that are relevant and unlike those already picked (Carbonell and Goldstein, SIGIR 1998).
public struct MaximalMarginalRelevance: Sendable, Hashable {
    /// From 0, variety alone, to 1, relevance alone.
    public let lambda: Double

    /// - Precondition: `lambda` lies in 0...1.
    public init(lambda: Double) {
        precondition((0...1).contains(lambda), "The lambda of maximal marginal relevance is \(lambda), not in 0...1.")
        self.lambda = lambda
    }

    /// At most `limit` hits, each the one that maximises `lambda · relevance − (1 − lambda) · similarity` to those before.
    ///
    /// Relevance is the hit's score scaled to 0...1 over the candidates. Equal values go to the earlier candidate.
    /// - Parameters:
    ///   - hits: Candidates, best first.
    ///   - vectors: Unit vectors of the candidates, row by row.
    /// - Precondition: `vectors.count == hits.count`.
    /// - Complexity: O(limit · hits · dimension).
    public func select(_ hits: [ScoredChunk], vectors: EmbeddingBatch, limit: Int) -> [ScoredChunk] {
        precondition(vectors.count == hits.count, "\(vectors.count) vectors for \(hits.count) hits.")
        let highest = hits.map(\.score).max() ?? 0
        let lowest = hits.map(\.score).min() ?? 0
        let relevance = hits.map { highest > lowest ? ($0.score - lowest) / (highest - lowest) : 1 }
        var similarity = [Double](repeating: 0, count: hits.count)
        var rest = Array(hits.indices)
        var picked: [ScoredChunk] = []
        while picked.count < limit, !rest.isEmpty {
            var best = 0
            var bestValue = -Double.infinity
            for (position, candidate) in rest.enumerated() {
                let value = lambda * relevance[candidate] - (1 - lambda) * similarity[candidate]
                if value > bestValue { (best, bestValue) = (position, value) }
            }
            let chosen = rest.remove(at: best)
            picked.append(hits[chosen])
            for candidate in rest {
                similarity[candidate] = max(similarity[candidate], Self.dot(vectors[chosen], vectors[candidate]))
            }
        }
        return picked
    }

    private static func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
        var sum: Float = 0
        for (x, y) in zip(a, b) { sum += x * y }
        return Double(sum)
    }
}
