public import QuarryCore

/// Cuts windows of the target length between words, without regard to sentences, lines and headings.
///
/// With an overlap, a window begins with the last words of the previous one. The last window is joined to the previous
/// one if it is below 15 % of the target and the maximum permits. Words longer than a window are cut between Unicode
/// scalars.
///
/// It is what other strategies are compared with.
public struct FixedChunker: Chunker {
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
        ChunkAssembly.chunks(of: document, cutAt: .words, length: length, tokens: tokens)
    }
}
