public import QuarryCore
import QuarryText

/// Re-ranks candidates without a model, by three features: the question's words in a passage and how close together
/// they are, those in its headings, and the original score.
///
/// The new score is a weighted sum of features in 0...1, see ``Weights``.
public struct LexicalReranker: Reranker {
    /// The weight of each feature.
    public struct Weights: Sendable, Hashable {
        /// The original score of the hit (fused, so it includes the dense score), scaled to 0...1 over the candidates.
        public var score: Double
        /// The cosine of the vector leg, scaled to 0...1 over the candidates. For a hit without a vector the other weights
        /// count more instead.
        public var cosine: Double
        /// Share of the question's term weight (inverse document frequency over the candidates) in the text.
        public var coverage: Double
        /// The weight of the matched terms divided by the length of the shortest window with all of them.
        public var proximity: Double
        /// Share of the question's term weight in headings and title.
        public var headings: Double

        public init(
            score: Double = 0.6, cosine: Double = 0.2, coverage: Double = 0.12, proximity: Double = 0.04,
            headings: Double = 0.04
        ) {
            self.score = score
            self.cosine = cosine
            self.coverage = coverage
            self.proximity = proximity
            self.headings = headings
        }
    }

    public var weights: Weights
    private let terms: @Sendable (String, String?) -> [String]

    /// Creates a re-ranker that analyses passages with the analyzer of an index.
    public init(weights: Weights = Weights()) {
        let analyzer = Analyzer()
        self.init(weights: weights) { analyzer.indexTerms(of: $0, language: $1.flatMap { Language(rawValue: $0) }) }
    }

    /// - `terms`: The analyzer of the index. It returns the terms of a text in the language of its document, in text
    ///   order.
    public init(
        weights: Weights = Weights(), terms: @escaping @Sendable (_ text: String, _ language: String?) -> [String]
    ) {
        self.weights = weights
        self.terms = terms
    }

    /// - Complexity: O(total length of the candidates).
    public func rerank(_ candidates: [ScoredChunk], for question: AnalyzedQuery) -> [ScoredChunk] {
        let words = QuestionWords(question.terms)
        guard !words.isEmpty, candidates.count > 1 else { return candidates }
        let texts = candidates.map { words.matches(in: terms($0.chunk.text, $0.language)) }
        let headings = candidates.map { hit in
            let heading = (hit.chunk.headings + [hit.documentTitle ?? ""]).joined(separator: "\n")
            return Set(words.matches(in: terms(heading, hit.language)).map(\.word))
        }
        let wordWeights = words.weights(over: zip(texts, headings).map { Set($0.map(\.word)).union($1) })
        let total = wordWeights.reduce(0, +)
        let scores = Self.scaled(candidates.map(\.score))
        let cosines = Self.scaledCosines(of: candidates)
        let sum = weights.score + weights.cosine + weights.coverage + weights.proximity + weights.headings
        let withoutCosine = sum > weights.cosine ? sum / (sum - weights.cosine) : 0

        var ranked = candidates
        for index in candidates.indices {
            let match = TermMatch(texts[index], weights: wordWeights)
            let byWords =
                weights.score * scores[index] + weights.coverage * match.weight / total
                + weights.proximity * match.proximity
                + weights.headings * headings[index].sorted().reduce(0) { $0 + wordWeights[$1] } / total
            ranked[index].score = cosines[index].map { byWords + weights.cosine * $0 } ?? byWords * withoutCosine
        }
        return ranked.enumerated()
            .sorted {
                $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
            }
            .map(\.element)
    }

    private static func scaledCosines(of candidates: [ScoredChunk]) -> [Double?] {
        let cosines = candidates.map { $0.legs[.vector]?.score }
        var scaled = Self.scaled(cosines.compactMap { $0 }).makeIterator()
        return cosines.map { $0 == nil ? nil : scaled.next() }
    }

    /// Scales values to 0...1; all become 1 if they are equal.
    private static func scaled(_ values: [Double]) -> [Double] {
        let highest = values.max() ?? 0
        let lowest = values.min() ?? 0
        return values.map { highest > lowest ? ($0 - lowest) / (highest - lowest) : 1 }
    }
}
