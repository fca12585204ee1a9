import Foundation
import QuarryCore
import QuarryText

/// Turns documents into chunks with terms and digests. Needs no file, and a model only if the chunker asks one.
struct DocumentPreparation: Sendable {
    var chunker: any Chunker
    private let analyzer = Analyzer()
    private let detector = LanguageDetector()

    init(chunker: any Chunker) { self.chunker = chunker }

    /// - `cut`: The version of the chunker, if it makes other chunks than before of the same document.
    static func digest(of document: Document, cut: String = "") -> ContentHash {
        var content = "\(document.id)\u{0}\(document.title ?? "")\u{0}"
        for (key, value) in document.metadata.sorted(by: { $0.key < $1.key }) { content += "\(key)\u{1}\(value)\u{0}" }
        content += document.text
        content += cut
        return ContentHash(of: content)
    }

    /// Why a document's metadata cannot be stored; nil if it can.
    static func metadataFault(of document: Document) throws -> String? {
        // An upper bound, so that short metadata need not be encoded.
        let bound = document.metadata.reduce(0) { sum, entry in
            let texts: [String] =
                switch entry.value {
                case .string(let text): [text]
                case .strings(let texts): texts
                case .number, .bool: []
                }
            return texts.reduce(sum + 6 * entry.key.utf8.count + 40) { $0 + 6 * $1.utf8.count + 3 }
        }
        guard bound > PreparedDocument.maximumMetadata else { return nil }
        let bytes = try IndexWriter.jsonEncoder().encode(document.metadata).count
        guard bytes > PreparedDocument.maximumMetadata else { return nil }
        return "The metadata of “\(document.id)” has \(bytes) bytes; the limit is \(PreparedDocument.maximumMetadata)."
    }

    /// The language of most documents of one source, such as the records of a file; nil if unclear.
    func language(of documents: [Document]) -> Language? {
        guard documents.count > 1 else { return nil }
        let step = max(1, documents.count / Self.sampledDocuments)
        let samples = stride(from: 0, to: documents.count, by: step).map { number in
            String(decoding: documents[number].text.utf8.prefix(Self.sampledBytes), as: UTF8.self)
        }
        return detector.language(of: samples.joined(separator: "\n"))
    }

    /// The terms of longer texts are made when they are written. In bytes.
    private static let longText = 4 << 20
    private static let sampledDocuments = 100
    private static let sampledBytes = 160

    /// - `collection`: The language of the document's source, for a text that is too short to detect.
    /// - Throws: `CancellationError`, which is checked before every chunk, because documents may be very long; the errors
    ///   of the chunker, with the document if they concern its text.
    func prepare(
        _ document: Document, sha256: ContentHash, from collection: Language? = nil
    ) async throws -> PreparedDocument {
        try Task.checkCancellation()
        let language = detector.language(of: Self.sample(of: document.text), from: collection)
        let analysis = ChunkAnalysis(analyzer, language: language, title: document.title)
        let headingOfTitle = Self.headingOfTitle(in: document)
        let chunks = try await chunks(of: document)
        let text = Array(document.text.utf8)
        let isLong = text.count > Self.longText
        var prepared: [PreparedChunk] = []
        prepared.reserveCapacity(chunks.count)
        for (index, chunk) in chunks.enumerated() {
            try Task.checkCancellation()
            // The title is a separate field. It also counts as a heading if the text contains it as one.
            let standsAbove = headingOfTitle.map { $0.upperBound <= chunk.range.lowerBound } ?? false
            let isTitleFirst = chunk.headings.first.map { document.title?.hasPrefix($0) ?? false } ?? false
            let beginsWithTitle = isTitleFirst && !standsAbove
            let gapEnd = index + 1 < chunks.count ? chunks[index + 1].range.lowerBound : text.count
            let gap = chunk.range.upperBound < gapEnd ? chunk.range.upperBound..<gapEnd : gapEnd..<gapEnd
            prepared.append(
                PreparedChunk(
                    chunk: chunk, separator: String(decoding: text[gap], as: UTF8.self),
                    sha256: ContentHash(of: chunk.contextualText), beginsWithTitle: beginsWithTitle,
                    terms: isLong ? nil : analysis.terms(of: chunk, beginsWithTitle: beginsWithTitle)))
        }
        var rest = document
        // The chunks have the text now.
        (rest.text, rest.blocks) = ("", [])
        return PreparedDocument(
            document: rest, language: language, sha256: sha256, chunks: prepared, analysis: analysis)
    }

    private func chunks(of document: Document) async throws -> [Chunk] {
        do {
            return try await chunker.chunks(of: document)
        } catch var error as any InputFailure where error.concernsOneInput {
            error.message = "\(document.id): \(error.message)"
            throw error
        }
    }

    /// The range of the first heading that equals the title.
    private static func headingOfTitle(in document: Document) -> Range<Int>? {
        guard let title = document.title else { return nil }
        return document.blocks.first { block in
            if case .heading(_, let heading) = block.kind { heading == title } else { false }
        }?.range
    }

    /// A sample for language detection: up to 4 KiB from the start of the text and as much from its middle.
    private static func sample(of text: String) -> String {
        let bytes = text.utf8
        guard bytes.count > 8192 else { return text }
        let middle = bytes.index(bytes.startIndex, offsetBy: bytes.count / 2)
        return String(decoding: bytes.prefix(4096), as: UTF8.self) + "\n"
            + String(decoding: bytes[middle...].prefix(4096), as: UTF8.self)
    }
}
