package import QuarryCore

/// Converts text into the ids that a transformer model was trained on.
///
/// Ids are equal to those of the model's reference tokenizer. `TokenCounter.tokenCount(of:)` counts the whole text,
/// without special tokens and without truncation.
package protocol Tokenizer: TokenCounter {
    /// The ids of a text, including special tokens.
    ///
    /// If there are more than `maximum`, the end of the content is cut, and the special tokens around it stay.
    /// - Returns: At most `maximum` ids.
    func encode(_ text: String, maximum: Int) -> [Int32]

    /// One more than the largest id that ``encode(_:maximum:)`` can return.
    var vocabularySize: Int { get }
}

/// Special tokens before and after every text.
struct SpecialTokenTemplate: Sendable, Hashable {
    var prefix: [Int32] = []
    var suffix: [Int32] = []

    /// How many content ids fit in `maximum` ids.
    func contentLimit(in maximum: Int) -> Int { max(0, maximum - prefix.count - suffix.count) }

    func wrap(_ content: [Int32], maximum: Int) -> [Int32] {
        var ids = prefix
        ids.reserveCapacity(prefix.count + content.count + suffix.count)
        ids += content
        ids += suffix
        return ids.count <= maximum ? ids : Array(ids.prefix(max(0, maximum)))
    }
}
