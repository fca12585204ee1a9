/// What the chain asks of language: where sentences end, and which words count as the same.
package struct TextAnalysis: Sendable {
    /// UTF-8 ranges of the sentences of a paragraph, in text order.
    package var sentences: @Sendable (String) -> [Range<Int>]
    /// The index terms of a text, in text order, repeats included.
    package var terms: @Sendable (String) -> [String]

    package init(
        sentences: @escaping @Sendable (String) -> [Range<Int>], terms: @escaping @Sendable (String) -> [String]
    ) {
        self.sentences = sentences
        self.terms = terms
    }
}
