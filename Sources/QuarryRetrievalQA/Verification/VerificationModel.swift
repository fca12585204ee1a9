#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A logistic regression over ``ClaimFeatures``: the probability that a place supports a sentence.
package struct VerificationModel: Sendable, Hashable {
    /// In the order of ``ClaimFeatures/values``.
    package var weights: [Double]
    package var bias: Double

    package init(weights: [Double], bias: Double) {
        self.weights = weights
        self.bias = bias
    }

    package func support(of features: ClaimFeatures) -> Double {
        let sum = zip(weights, features.values).reduce(bias) { $0 + $1.0 * $1.1 }
        return 1 / (1 + exp(-sum))
    }
}
