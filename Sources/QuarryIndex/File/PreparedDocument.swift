import QuarryBM25
import QuarryCore
import QuarryText

/// A chunk on its way into the index.
struct PreparedChunk: Sendable {
    var chunk: Chunk
    /// Cleaned text between this chunk and the next.
    var separator: String
    /// Digest of the text that is embedded.
    var sha256: ContentHash
    var terms: BM25Fields
}

/// A document on its way into the index.
struct PreparedDocument: Sendable {
    /// Without its text and blocks, which the chunks hold.
    var document: Document
    var language: Language?
    /// Digest of everything of the document that chunks, postings and filters depend on.
    var sha256: ContentHash
    var chunks: [PreparedChunk]
}
