public import QuarryCore

/// Packs whole sentences up to the target, without regard to lines and paragraphs.
///
/// It suits running prose, transcripts and text with arbitrary line breaks. A sentence longer than the maximum is cut
/// between words. With an overlap, a chunk begins with the last sentences of the previous one.
public struct SentenceChunker: Chunker {
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
        ChunkAssembly.chunks(of: document, cutAt: .sentences, length: length, tokens: tokens)
    }
}
