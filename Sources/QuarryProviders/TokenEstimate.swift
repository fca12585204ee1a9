import QuarryCore

/// Estimates what a request to a provider counts in tokens. The estimate is high on purpose: see
/// ``EstimatedTokenCounter``.
package enum TokenEstimate {
    /// The tokens of a large picture, according to documented models.
    package static let picture = 1_600
    /// The tokens that delimit a request and each of its turns.
    package static let (request, turn) = (16, 8)

    package static func tokens(in text: String) -> Int { EstimatedTokenCounter().tokenCount(of: text) }

    package static func tokens(in texts: some Sequence<String>) -> Int { texts.reduce(0) { $0 + tokens(in: $1) } }
}
