package import QuarryCore

/// Converts text into the ids that a transformer model was trained on.
///
/// Ids are equal to those of the model's reference tokenizer. `TokenCounter.tokenCount(of:)` counts the whole text,
/// without special tokens and without truncation.
package protocol Tokenizer: TokenCounter {
    /// The first `limit` ids of a text, without special tokens.
    func contentIDs(of text: String, limit: Int) -> [Int32]

    /// The special tokens around texts.
    var template: SpecialTokenTemplate { get }

    /// One more than the largest id that ``encode(_:maximum:)`` can return.
    var vocabularySize: Int { get }
}

extension Tokenizer {
    package func tokenCount(of text: String) -> Int { contentIDs(of: text, limit: .max).count }

    /// The ids of a text, including special tokens.
    ///
    /// If there are more than `maximum`, the end of the content is cut, and the special tokens around it stay.
    /// - Returns: At most `maximum` ids.
    package func encode(_ text: String, maximum: Int) -> [Int32] {
        template.wrap(contentIDs(of: text, limit: template.contentLimit(in: maximum)), maximum: maximum)
    }

    /// The tokens of two texts that a model reads together.
    ///
    /// If there are more than `maximum`, the longer text is cut first, as the reference tokenizers do
    /// (`longest_first`).
    /// - Precondition: `maximum` is at least the number of special tokens.
    package func encode(
        _ first: String, _ second: String, in template: PairTemplate, maximum: Int
    ) -> TokenSequence {
        let limit = maximum - template.specialCount
        let ids = (contentIDs(of: first, limit: limit), contentIDs(of: second, limit: limit))
        let counts = PairTemplate.contentCounts(ids.0.count, ids.1.count, limit: limit)
        return template.wrap(ids.0.prefix(counts.first), ids.1.prefix(counts.second))
    }
}
