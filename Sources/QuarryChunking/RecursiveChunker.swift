public import QuarryCore

/// Splits plain text at blank lines, then at lines, then between sentences, then between words.
///
/// Each level is used only if the pieces of the level above exceed the maximum. Pieces are merged from left to right up
/// to the target, so a paragraph that fits a chunk is never cut, and a short document is one chunk. A last chunk below
/// 15 % of the target joins the previous one if the maximum permits. Words longer than a chunk are cut between Unicode
/// scalars.
///
/// The document's blocks are ignored; see ``MarkdownChunker``. Its title is the breadcrumb of every chunk, up to a
/// quarter of the target.
public struct RecursiveChunker: Chunker {
    public let length: ChunkLength
    private let tokens: WordTokens

    /// Creates a chunker that measures by `counter`: the tokenizer of the model that will read the chunks, or
    /// ``WordCounter``.
    public init(length: ChunkLength = ChunkLength(), counter: any TokenCounter) throws(ChunkingError) {
        self.length = try length.validated()
        tokens = WordTokens(counter)
    }

    /// - Complexity: O(length of the text), and one count of every distinct word and every chunk.
    public func chunks(of document: Document) -> [Chunk] {
        ChunkAssembly.chunks(of: document, cutAt: .paragraphs, length: length, tokens: tokens)
    }
}
