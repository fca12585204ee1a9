import QuarryText

/// What the chain asks of language: where sentences end, and which words count as the same.
package struct TextAnalysis: Sendable {
    private let splitter = SentenceSplitter()
    private let analyzer = Analyzer(stopWords: .kept)

    package init() {}

    /// UTF-8 ranges of the sentences of a paragraph, in text order.
    package func sentences(_ text: String) -> [Range<Int>] { splitter.sentences(in: text) }

    /// The index terms of a text, in text order, repeats included. Questions and passages are treated alike.
    package func terms(_ text: String) -> [String] { analyzer.terms(of: text, language: nil) }
}
