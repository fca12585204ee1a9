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
    /// Whether its first heading is the document's title, whose terms are a field of their own.
    var beginsWithTitle: Bool
    /// Nil in a long document, whose terms would need many times the memory of its text: they are made when it is
    /// written.
    var terms: BM25Fields?
}

/// Makes the terms of a document's chunks.
struct ChunkAnalysis: Sendable {
    private let analyzer: Analyzer
    private let language: Language?
    private let titleTerms: [String]

    /// More terms of a title do not count: each chunk has them.
    private static let maximumTitleTerms = 256

    init(_ analyzer: Analyzer, language: Language?, title: String?) {
        self.analyzer = analyzer
        self.language = language
        titleTerms = Array(
            title.map { analyzer.indexTerms(of: $0, language: language) }?.prefix(Self.maximumTitleTerms) ?? [])
    }

    func terms(of chunk: Chunk, beginsWithTitle: Bool) -> BM25Fields {
        let headings = beginsWithTitle ? chunk.headings.dropFirst() : chunk.headings[...]
        return BM25Fields(
            title: titleTerms, heading: headings.flatMap { analyzer.indexTerms(of: $0, language: language) },
            body: analyzer.indexTerms(of: chunk.text, language: language))
    }
}

extension ChunkAnalysis {
    /// Whether the first heading of a stored chunk is the document's title. It is not stored, but the checksum of the
    /// postings shows it.
    ///
    /// - `title`: Of its document.
    /// - `checksum`: Of its postings; nil if unknown.
    /// - `guess`: The result for a heading that can be the title, if the checksum is that of neither.
    func beginsWithTitle(_ chunk: Chunk, id: ChunkID, title: String?, checksum: Int64?, guess: Bool) -> Bool {
        guard let first = chunk.headings.first, title?.hasPrefix(first) == true else { return false }
        return [guess, !guess].first { isTitle in
            BM25Table.checksum(of: terms(of: chunk, beginsWithTitle: isTitle), chunk: id) == checksum
        } ?? guess
    }
}

/// A document that is ready to be written.
struct PreparedDocument: Sendable {
    /// The largest metadata of a document, in bytes of its JSON.
    static let maximumMetadata = 1 << 20

    /// Without its text and blocks, which the chunks hold.
    var document: Document
    var language: Language?
    /// The digest of everything that chunks, postings and filters depend on.
    var sha256: ContentHash
    var chunks: [PreparedChunk]
    var analysis: ChunkAnalysis

    func terms(of item: PreparedChunk) -> BM25Fields {
        item.terms ?? analysis.terms(of: item.chunk, beginsWithTitle: item.beginsWithTitle)
    }
}
