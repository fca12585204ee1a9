public import QuarryCore

/// Counts tokens by ``TokenEstimate``, for models whose tokenizer is elsewhere.
public struct EstimatedTokenCounter: TokenCounter {
    public init() {}

    public func tokenCount(of text: String) -> Int { TokenEstimate.tokens(in: text) }
}
