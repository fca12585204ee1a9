import QuarryCore

/// The cosines of sentences with each other.
struct SentenceGraph: Sendable {
    let count: Int
    /// Row-major; the diagonal is 0.
    private var values: [Float]
    /// The mean cosine of two different sentences.
    let mean: Double

    /// - Complexity: O(count² · dimension).
    init(_ rows: EmbeddingBatch) {
        let count = rows.count
        var values = [Float](repeating: 0, count: count * count)
        for i in 0..<count {
            let row = rows[i]
            for j in 0..<i {
                let value = Float(cosine(row, rows[j]))
                values[i * count + j] = value
                values[j * count + i] = value
            }
        }
        self.init(count: count, values: values)
    }

    /// - Complexity: O(pairs of sentences with a common term).
    init(_ vectors: [TermVector]) {
        let count = vectors.count
        var values = [Float](repeating: 0, count: count * count)
        var postings: [Int: [(sentence: Int, weight: Double)]] = [:]
        for (i, vector) in vectors.enumerated() {
            for (term, weight) in vector.weights {
                for other in postings[term] ?? [] {
                    values[i * count + other.sentence] += Float(weight * other.weight)
                }
                postings[term, default: []].append((i, weight))
            }
            for j in 0..<i { values[j * count + i] = values[i * count + j] }
        }
        self.init(count: count, values: values)
    }

    private init(count: Int, values: [Float]) {
        self.count = count
        self.values = values
        let pairs = count * (count - 1)
        mean = pairs > 0 ? values.reduce(0) { $0 + Double($1) } / Double(pairs) : 0
    }

    /// The similarity above the mean of all pairs, from 0 to 1. Vectors of an encoder all have high cosines, so only
    /// what is above the mean says something.
    func similarity(_ i: Int, _ j: Int) -> Double {
        guard mean < 1 else { return 0 }
        return max(0, (Double(values[i * count + j]) - mean) / (1 - mean))
    }

    /// LexRank (Erkan and Radev 2004) with weighted edges: the share of a random walk that each sentence gets, which
    /// moves along similarities and jumps with probability 0.15. The sum is 1.
    ///
    /// - Complexity: O(iterations · count²), at most 50 iterations.
    func lexRank() -> [Double] {
        guard count > 0 else { return [] }
        var edges = [Double](repeating: 0, count: count * count)
        for i in 0..<count {
            var sum = 0.0
            for j in 0..<count where i != j {
                let weight = similarity(i, j)
                edges[i * count + j] = weight
                sum += weight
            }
            guard sum > 0 else { continue }
            for j in 0..<count { edges[i * count + j] /= sum }
        }
        return RandomWalk.stationary(count) { ranks in
            var next = [Double](repeating: 0, count: count)
            for i in 0..<count where ranks[i] > 0 {
                for j in 0..<count { next[j] += ranks[i] * edges[i * count + j] }
            }
            return next
        }
    }
}
