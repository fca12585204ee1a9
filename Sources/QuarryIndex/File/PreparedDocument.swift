import QuarryBM25
import QuarryCore
import QuarryText

/// A chunk that is ready to be written.
struct PreparedChunk: Sendable {
    var chunk: Chunk
    /// Cleaned text between this chunk and the next.
    var separator: String
    /// The digest of the embedded text.
    var sha256: ContentHash
    var terms: BM25Fields
}

/// A document that is ready to be written.
struct PreparedDocument: Sendable {
    /// Without its text and blocks, which the chunks hold.
    var document: Document
    var language: Language?
    /// The digest of everything that chunks, postings and filters depend on.
    var sha256: ContentHash
    var chunks: [PreparedChunk]
}
