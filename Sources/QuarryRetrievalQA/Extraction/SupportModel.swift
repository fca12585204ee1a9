#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Linear models over ``SentenceFeatures``: the best sentence, and the probability that it answers.
package struct SupportModel: Sendable, Hashable {
    /// Weights of the ranking score, in the order of ``SentenceFeatures/values``. A conditional logit: the softmax of
    /// the scores is the probability of each candidate, given that one of them holds the answer.
    package var ranking: [Double]
    /// Weights of the support of the best sentence, in the same order: a logistic regression.
    package var support: [Double]
    package var bias: Double
    /// Support below which the extractive reader refuses.
    package var threshold: Double
    /// The same if the best sentence is in another script than the question: words cannot confirm it.
    package var foreignThreshold: Double
    /// Support below which a language model is not called either.
    package var gate: Double

    /// The least support of a sentence that answers directly (``SentenceCandidate/isDirect``). The fitted model counts
    /// the words that were found, and therefore doubts the answers to short questions. Such sentences are rare in the
    /// sets of ``lexical`` and hold the answer about as often as not where the fitted support is low.
    package static let directSupport = 0.4

    /// The least sum of ``SentenceFeatures/gain`` and the gain of words (`WordAlignment`) for a sentence in another script,
    /// in a corpus without a background. Of the right sentences that the fitted support accepts it keeps 98 % on XQuAD
    /// (English and Russian; 108 questions), and 9 of 11 in small files; of the wrong ones 60 % on XQuAD, and one of 25 in
    /// small files.
    package static let foreignGain = 0.34

    /// What is left of the support of a sentence below ``foreignGain``.
    package static let chanceSupport = 0.5

    package func score(_ features: SentenceFeatures) -> Double {
        zip(ranking, features.values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Estimated probability that the best sentence of a question holds the answer.
    package func support(of features: SentenceFeatures) -> Double {
        let sum = zip(support, features.values).reduce(bias) { $0 + $1.0 * $1.1 }
        return 1 / (1 + exp(-sum))
    }

    /// Probabilities from scores, in order.
    package static func softmax(_ scores: [Double]) -> [Double] {
        guard let best = scores.max() else { return [] }
        let powers = scores.map { exp($0 - best) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
