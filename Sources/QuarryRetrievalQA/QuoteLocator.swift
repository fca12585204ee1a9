public import QuarryCore

/// The place of a quote and the digests that let it be checked later.
public struct LocatedQuote: Sendable, Hashable {
    public var location: SourceLocation
    /// Digest of the quote's UTF-8 bytes.
    public var quoteDigest: String?
    /// Digest of the source as it was indexed.
    public var sourceDigest: String?

    public init(location: SourceLocation, quoteDigest: String? = nil, sourceDigest: String? = nil) {
        self.location = location
        self.quoteDigest = quoteDigest
        self.sourceDigest = sourceDigest
    }
}

/// Finds where in its source a part of a hit stands.
public protocol QuoteLocator: Sendable {
    /// - Parameter quote: UTF-8 offsets into the hit's `chunk.text`.
    func locate(_ quote: Range<Int>, in hit: ScoredChunk) async throws -> LocatedQuote
}

/// Locates quotes of documents whose source holds their text byte for byte, which is what texts in memory and UTF-8
/// files without marks to clean are.
///
/// It makes no digests. A store that keeps source maps should bring its own locator.
public struct VerbatimQuoteLocator: QuoteLocator {
    public init() {}

    /// - Throws: ``QuoteLocationError`` where the chunk's place shows that its text was cleaned or converted.
    public func locate(_ quote: Range<Int>, in hit: ScoredChunk) throws -> LocatedQuote {
        let bytes = Array(hit.chunk.text.utf8)
        guard (0...bytes.count).contains(quote.lowerBound), quote.upperBound <= bytes.count else {
            throw QuoteLocationError.outsideChunk(quote, chunk: hit.id)
        }
        let starts = SourceMap.lineStarts(in: bytes)
        let height = starts.count { $0 < bytes.count || $0 == 0 }
        guard hit.location.bytes.count == bytes.count, hit.location.lines.count == height else {
            throw QuoteLocationError.notVerbatim(source: hit.location.source, chunk: hit.id)
        }
        let top = hit.location.lines.lowerBound
        let first = top + starts.count { $0 <= quote.lowerBound } - 1
        let last = top + starts.count { $0 <= max(quote.lowerBound, quote.upperBound - 1) } - 1
        let start = hit.location.bytes.lowerBound
        return LocatedQuote(
            location: SourceLocation(
                source: hit.location.source, bytes: (start + quote.lowerBound)..<(start + quote.upperBound),
                lines: first...max(first, last)))
    }
}

/// Why the place of a quote cannot be given.
public enum QuoteLocationError: Error, Sendable, Hashable, CustomStringConvertible {
    case outsideChunk(Range<Int>, chunk: ChunkID)
    case notVerbatim(source: String, chunk: ChunkID)

    public var description: String {
        switch self {
        case .outsideChunk(let range, let chunk):
            "Bytes \(range.lowerBound)..<\(range.upperBound) lie outside chunk \(chunk.rawValue)."
        case .notVerbatim(let source, let chunk):
            "Chunk \(chunk.rawValue) is not a verbatim part of \(source), so the place of a quote cannot be computed "
                + "from it. Give RetrievalQA a QuoteLocator that reads the document's source map."
        }
    }
}
