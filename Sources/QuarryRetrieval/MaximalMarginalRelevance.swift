public import QuarryCore

/// Chooses hits that are relevant and unlike each other (Carbonell and Goldstein, SIGIR 1998).
///
/// Each step takes the candidate with the highest lambda · relevance − (1 − lambda) · (greatest cosine to one already
/// taken).
public struct MaximalMarginalRelevance: Sendable, Hashable {
    /// 1 asks for relevance alone, 0 for variety alone. Values outside are taken into 0...1.
    public var lambda: Double

    public init(lambda: Double = 0.7) { self.lambda = min(max(0, lambda), 1) }

    /// Rows in the order chosen, at most `limit`; relevance is the cosine to the query. Equal values go by row.
    ///
    /// Vectors need not be of unit length. The cosine to a vector of zeros is 0.
    /// - Precondition: The query has the batch's dimension.
    /// - Complexity: O(limit · count · dimension).
    public func select(_ limit: Int, from candidates: EmbeddingBatch, for query: [Float]) -> [Int] {
        precondition(
            query.count == candidates.dimension,
            "A query of \(query.count) dimensions does not fit a batch of \(candidates.dimension).")
        let norms = Self.norms(of: candidates)
        let queryNorm = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let relevance = norms.indices.map { row in
            Double(Self.cosine(candidates[row], norms[row], query[...], queryNorm))
        }
        return select(limit, from: candidates, norms: norms, relevance: relevance)
    }

    /// As ``select(_:from:for:)``, with relevance from elsewhere, on the scale of a cosine.
    /// - Precondition: One relevance for each row.
    public func select(_ limit: Int, from candidates: EmbeddingBatch, relevance: [Double]) -> [Int] {
        precondition(
            relevance.count == candidates.count,
            "\(relevance.count) relevances do not fit a batch of \(candidates.count) rows.")
        return select(limit, from: candidates, norms: Self.norms(of: candidates), relevance: relevance)
    }

    private func select(
        _ limit: Int, from candidates: EmbeddingBatch, norms: [Float], relevance: [Double]
    ) -> [Int] {
        var remaining = Array(relevance.indices)
        var likeness = Array(repeating: -1.0, count: relevance.count)
        var chosen: [Int] = []
        while chosen.count < limit, !remaining.isEmpty {
            var best = 0
            var bestValue = -Double.infinity
            for (position, row) in remaining.enumerated() {
                let penalty = chosen.isEmpty ? 0 : likeness[row]
                let value = lambda * relevance[row] - (1 - lambda) * penalty
                if value > bestValue { (best, bestValue) = (position, value) }
            }
            let taken = remaining.remove(at: best)
            chosen.append(taken)
            for row in remaining {
                let cosine = Self.cosine(candidates[row], norms[row], candidates[taken], norms[taken])
                likeness[row] = max(likeness[row], Double(cosine))
            }
        }
        return chosen
    }

    private static func norms(of batch: EmbeddingBatch) -> [Float] {
        (0..<batch.count).map { row in batch[row].reduce(0) { $0 + $1 * $1 }.squareRoot() }
    }

    private static func cosine(_ a: ArraySlice<Float>, _ aNorm: Float, _ b: ArraySlice<Float>, _ bNorm: Float) -> Float
    {
        guard aNorm > 0, bNorm > 0 else { return 0 }
        var dot: Float = 0
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for index in a.indices { dot += a[index] * b[index] }
            }
        }
        return dot / (aNorm * bNorm)
    }
}
