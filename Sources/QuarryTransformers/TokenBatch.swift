/// Texts of tokens in sequence, without padding.
package struct TokenBatch: Sendable {
    /// The texts of the batch, as indices into the caller's list.
    package var texts: [Int] = []
    package var tokenCount = 0
}

extension TokenBatch {
    /// Packs texts of the given lengths, longest first, into batches of at most `capacity` tokens.
    ///
    /// Batches are smaller if there would be fewer than `workers`. A text longer than the capacity has a separate
    /// batch. The result depends only on the arguments. O(n log n).
    package static func packed(lengths: [Int], capacity: Int, workers: Int) -> [TokenBatch] {
        let total = lengths.reduce(0, +)
        let rounds = max(1, (total + capacity * workers - 1) / (capacity * workers))
        let target = min(capacity, (total + rounds * workers - 1) / (rounds * workers))
        var batches: [TokenBatch] = []
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        for text in order {
            if let last = batches.last, last.tokenCount + lengths[text] <= target {
                batches[batches.count - 1].texts.append(text)
                batches[batches.count - 1].tokenCount += lengths[text]
            } else {
                batches.append(TokenBatch(texts: [text], tokenCount: lengths[text]))
            }
        }
        return batches
    }
}
