import QuarryCore
import QuarryReaders
import QuarryText

/// A chunk on its way into the index.
struct PreparedChunk: Sendable {
    var chunk: Chunk
    /// Cleaned text between this chunk and the next.
    var separator: String
    /// Digest of the text that is embedded.
    var sha256: ContentHash
    var terms: FieldTerms
    /// The vector of the same text, where the index already has it.
    var vector: [Float]?
}

/// The lexical terms of a chunk, by field.
struct FieldTerms: Sendable {
    var title: [String]
    var headings: [String]
    var body: [String]
}

/// A document on its way into the index.
struct PreparedDocument: Sendable {
    var document: Document
    var language: Language?
    /// Digest of everything of the document that chunks, postings and filters depend on.
    var sha256: ContentHash
    var chunks: [PreparedChunk]
}

/// Turns documents into chunks with terms and digests: everything about them that needs neither model nor file.
struct DocumentPreparation: Sendable {
    var chunker: any Chunker
    var counter: any TokenCounter
    private let analyzer = Analyzer()
    private let detector = LanguageDetector()

    init(chunker: any Chunker, counter: any TokenCounter) {
        self.chunker = chunker
        self.counter = counter
    }

    func digest(of document: Document) -> ContentHash {
        var content = "\(document.id)\u{0}\(document.title ?? "")\u{0}"
        for (key, value) in document.metadata.sorted(by: { $0.key < $1.key }) { content += "\(key)\u{1}\(value)\u{0}" }
        content += document.text
        return ContentHash(of: content)
    }

    func prepare(_ document: Document, sha256: ContentHash) -> PreparedDocument {
        let language = detector.language(of: Self.sample(of: document.text))
        let titleTerms = document.title.map { analyzer.terms(of: $0, language: language) } ?? []
        let chunks = chunker.chunks(of: document)
        let text = Array(document.text.utf8)
        var prepared: [PreparedChunk] = []
        prepared.reserveCapacity(chunks.count)
        for (index, original) in chunks.enumerated() {
            var chunk = original
            let headingTerms = chunk.headings.flatMap { analyzer.terms(of: $0, language: language) }
            if let title = document.title, chunk.headings.first != title {
                chunk.headings.insert(title, at: 0)
                chunk.tokenCount += counter.tokenCount(of: title)
            }
            let gapEnd = index + 1 < chunks.count ? chunks[index + 1].range.lowerBound : text.count
            let gap = chunk.range.upperBound < gapEnd ? chunk.range.upperBound..<gapEnd : gapEnd..<gapEnd
            prepared.append(
                PreparedChunk(
                    chunk: chunk, separator: String(decoding: text[gap], as: UTF8.self),
                    sha256: ContentHash(of: chunk.contextualText),
                    terms: FieldTerms(
                        title: titleTerms, headings: headingTerms,
                        body: analyzer.terms(of: chunk.text, language: language))))
        }
        return PreparedDocument(document: document, language: language, sha256: sha256, chunks: prepared)
    }

    /// Enough of a text to tell its language by: up to 4 KiB from its beginning and as much from its middle.
    private static func sample(of text: String) -> String {
        let bytes = text.utf8
        guard bytes.count > 8192 else { return text }
        let middle = bytes.index(bytes.startIndex, offsetBy: bytes.count / 2)
        return String(decoding: bytes.prefix(4096), as: UTF8.self) + "\n"
            + String(decoding: bytes[middle...].prefix(4096), as: UTF8.self)
    }
}
