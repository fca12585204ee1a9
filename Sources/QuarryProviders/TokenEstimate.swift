import QuarryCore

/// What a request to a provider may count in tokens, on the high side: see ``EstimatedTokenCounter``.
package enum TokenEstimate {
    /// A large picture, with the models that say.
    package static let picture = 1_600
    /// The marks around a request and around each of its turns.
    package static let (request, turn) = (16, 8)

    package static func tokens(in text: String) -> Int { EstimatedTokenCounter().tokenCount(of: text) }

    package static func tokens(in texts: some Sequence<String>) -> Int { texts.reduce(0) { $0 + tokens(in: $1) } }
}
