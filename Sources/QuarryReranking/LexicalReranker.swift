public import QuarryCore

/// Reorders candidates by their words, without a model.
///
/// score = Σ weight · feature / Σ weight, with features from 0 to 1 (``LexicalFeatures``). The scores of the search
/// stay among the features: words alone lose what the vectors know. It may still lower quality where the search is
/// already good; measure it on questions of your own before you turn it on.
public struct LexicalReranker: Reranker {
    /// How much each feature counts. Negative weights are not meant; the sum should be positive.
    public struct Weights: Sendable, Hashable, Codable {
        public var fused: Double
        public var dense: Double
        public var coverage: Double
        public var proximity: Double
        public var heading: Double

        public init(
            fused: Double = 0.7, dense: Double = 0.1, coverage: Double = 0.1, proximity: Double = 0.05,
            heading: Double = 0.05
        ) {
            self.fused = fused
            self.dense = dense
            self.coverage = coverage
            self.proximity = proximity
            self.heading = heading
        }

        var sum: Double { fused + dense + coverage + proximity + heading }
    }

    public var weights: Weights
    /// This many of the best candidates stay where they are; the rest is reordered behind them. The default is 0.
    public var keepTop: Int
    private let terms: @Sendable (String) -> [String]

    /// - Parameter terms: Terms of a text in text order: the analyzer that the index's words went through.
    public init(
        weights: Weights = Weights(), keepTop: Int = 0, terms: @escaping @Sendable (String) -> [String]
    ) {
        self.weights = weights
        self.keepTop = keepTop
        self.terms = terms
    }

    public func rerank(_ candidates: [ScoredChunk], for query: String) async throws -> [ScoredChunk] {
        ranked(candidates, for: query)
    }

    /// The candidates, best first, with scores from 0 to 1. Equal scores keep the order given.
    ///
    /// Candidates that ``keepTop`` holds in place get no less than the best score below them.
    /// - Complexity: O(total length of the candidates).
    public func ranked(_ candidates: [ScoredChunk], for query: String) -> [ScoredChunk] {
        let features = features(of: candidates, for: query)
        var scored = zip(candidates, features).map { candidate, features in
            var candidate = candidate
            candidate.score = score(features)
            return candidate
        }
        let kept = min(max(0, keepTop), scored.count)
        let order = (kept..<scored.count).sorted { a, b in
            scored[a].score != scored[b].score ? scored[a].score > scored[b].score : a < b
        }
        var floor = order.first.map { scored[$0].score } ?? 0
        for index in (0..<kept).reversed() {
            floor = max(floor, scored[index].score)
            scored[index].score = floor
        }
        return scored[..<kept] + order.map { scored[$0] }
    }

    /// What the score is made of, one for each candidate, in order: for explanations, and for fitting the weights.
    public func features(of candidates: [ScoredChunk], for query: String) -> [LexicalFeatures] {
        LexicalFeatures.all(of: candidates, for: query, terms: terms)
    }

    private func score(_ features: LexicalFeatures) -> Double {
        guard weights.sum > 0 else { return features.fused }
        let sum =
            weights.fused * features.fused + weights.dense * features.dense + weights.coverage * features.coverage
            + weights.proximity * features.proximity + weights.heading * features.heading
        return sum / weights.sum
    }
}
