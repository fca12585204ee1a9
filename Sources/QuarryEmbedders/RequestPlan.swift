/// How texts are spread over requests: each different text once, in batches that keep to the provider's limits.
struct RequestPlan: Sendable, Hashable {
    /// The different texts, in the order they first appear.
    private(set) var texts: [String] = []
    /// For each text that was given, its position in ``texts``.
    private(set) var positions: [Int] = []
    /// Consecutive ranges that together cover ``texts``.
    private(set) var batches: [Range<Int>] = []

    /// A text that alone is over the token limit gets a request of its own; the server decides about it.
    /// - Complexity: O(bytes).
    init(_ given: [String], maximumCount: Int, maximumTokens: Int) {
        // By bytes: strings that only look the same are different texts to a tokenizer.
        var known: [[UInt8]: Int] = [:]
        known.reserveCapacity(given.count)
        positions.reserveCapacity(given.count)
        for text in given {
            let bytes = Array(text.utf8)
            if let position = known[bytes] {
                positions.append(position)
            } else {
                known[bytes] = texts.count
                positions.append(texts.count)
                texts.append(text)
            }
        }
        var start = 0
        var tokens = 0
        for (position, text) in texts.enumerated() {
            let cost = Self.estimatedTokens(of: text)
            if position > start && (position - start >= maximumCount || tokens + cost > maximumTokens) {
                batches.append(start..<position)
                start = position
                tokens = 0
            }
            tokens += cost
        }
        if start < texts.count { batches.append(start..<texts.count) }
    }

    /// On the high side for every common tokenizer: a token for three bytes of UTF-8, and two for begin and end.
    static func estimatedTokens(of text: String) -> Int { text.utf8.count / 3 + 3 }
}
