#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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

    /// - Complexity: O(terms of both).
    func cosine(to other: TermVector) -> Double {
        var (sum, place) = (0.0, 0)
        for (term, weight) in weights {
            while place < other.weights.count, other.weights[place].term < term { place += 1 }
            if place < other.weights.count, other.weights[place].term == term {
                sum += weight * other.weights[place].weight
            }
        }
        return sum
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
        return RandomWalk.stationary(vectors.count) { ranks in
            let moving = sum(zip(ranks, degrees).map { $1 > 0 ? $0 / $1 : 0 })
            return vectors.map { product($0, moving) }
        }
    }
}
