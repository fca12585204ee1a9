import QuarryCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
        return Self.stationary(count) { ranks in
            var next = [Double](repeating: 0, count: count)
            for i in 0..<count where ranks[i] > 0 {
                for j in 0..<count { next[j] += ranks[i] * edges[i * count + j] }
            }
            return next
        }
    }

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

/// A text's terms by tf-idf, as a vector of unit length.
struct TermVector: Sendable {
    /// By the number of the term, ascending, so that sums have one order.
    var weights: [(term: Int, weight: Double)]

    /// The vectors of texts: tf · ln((n + 1) / df).
    /// - Complexity: O(terms · log terms).
    static func vectors(of texts: [[String]]) -> [TermVector] {
        var numbers: [String: Int] = [:]
        var frequencies: [Int] = []
        let counts = texts.map { terms in
            var counts: [Int: Int] = [:]
            for term in terms {
                let number = numbers[term] ?? numbers.count
                if number == numbers.count {
                    numbers[term] = number
                    frequencies.append(0)
                }
                counts[number, default: 0] += 1
            }
            for number in counts.keys { frequencies[number] += 1 }
            return counts
        }
        return counts.map { counts in
            let weights = counts.map { number, count in
                (number, Double(count) * log(Double(texts.count + 1) / Double(frequencies[number])))
            }.sorted { $0.0 < $1.0 }
            let length = weights.reduce(0) { $0 + $1.1 * $1.1 }.squareRoot()
            return TermVector(weights: length > 0 ? weights.map { ($0.0, $0.1 / length) } : [])
        }
    }

    /// LexRank of any number of texts with all cosines as edges, without their matrix: a step of the walk is the product of
    /// the vectors with their weighted sum.
    ///
    /// - Complexity: O(iterations · terms).
    static func lexRank(_ vectors: [TermVector]) -> [Double] {
        guard !vectors.isEmpty else { return [] }
        let terms = (vectors.flatMap { $0.weights.map(\.term) }.max() ?? -1) + 1
        func sum(_ shares: [Double]) -> [Double] {
            var sum = [Double](repeating: 0, count: terms)
            for (vector, share) in zip(vectors, shares) where share > 0 {
                for (term, weight) in vector.weights { sum[term] += share * weight }
            }
            return sum
        }
        func product(_ vector: TermVector, _ sum: [Double]) -> Double {
            vector.weights.reduce(0) { $0 + $1.weight * sum[$1.term] }
        }
        let all = sum([Double](repeating: 1, count: vectors.count))
        let degrees = vectors.map { product($0, all) }
        return SentenceGraph.stationary(vectors.count) { ranks in
            let moving = sum(zip(ranks, degrees).map { $1 > 0 ? $0 / $1 : 0 })
            return vectors.map { product($0, moving) }
        }
    }
}
