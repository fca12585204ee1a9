import QuarryText

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Inverse document frequencies of a question's terms among sentences: ln(1 + (n − df + ½) / (df + ½)).
struct TermWeights {
    private let words: AnalyzedText
    private let terms: [String]
    private let weights: [Double]
    private let total: Double

    init(of terms: [String], in words: AnalyzedText, over sentences: some Sequence<Set<String>>) {
        var unique: [String] = []
        for term in terms where !unique.contains(term) { unique.append(term) }
        var frequencies = [Int](repeating: 0, count: unique.count)
        var count = 0
        for sentence in sentences {
            count += 1
            for (index, term) in unique.enumerated() where words.isHeld(term, by: sentence) { frequencies[index] += 1 }
        }
        let weights = frequencies.map { log(1 + (Double(count - $0) + 0.5) / (Double($0) + 0.5)) }
        self.words = words
        self.terms = unique
        self.weights = weights
        self.total = weights.reduce(0, +)
    }

    /// Share of the weight whose terms the set holds; 0 for a question without terms.
    func coverage(by set: Set<String>) -> Double {
        guard total > 0 else { return 0 }
        var sum = 0.0
        for (term, weight) in zip(terms, weights) where words.isHeld(term, by: set) { sum += weight }
        return sum / total
    }

    /// Weight of the heaviest term that is not in the set, divided by that of the heaviest term.
    func heaviestMissing(in set: Set<String>) -> Double {
        guard let heaviest = weights.max(), heaviest > 0 else { return 0 }
        return (zip(terms, weights).filter { !words.isHeld($0.0, by: set) }.map(\.1).max() ?? 0) / heaviest
    }
}
