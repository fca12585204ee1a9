import Foundation
import GRDB
public import QuarryCore
public import QuarryRetrievalQA

extension CorpusIndex: QuoteLocator {
    /// The bytes and lines of a quote, from the source map that was stored with its document.
    ///
    /// - Throws: ``CorpusError`` where the hit's document was replaced or removed since it was found: the place of its
    ///   words is not known any more, even where a document of the same name has the same words.
    public func locate(_ quote: Range<Int>, in hit: ScoredChunk) async throws -> LocatedQuote {
        let text = Array(hit.chunk.text.utf8)
        guard quote.lowerBound >= 0, quote.upperBound <= text.count else {
            throw QuoteLocationError.outsideChunk(quote, chunk: hit.id)
        }
        let start = hit.chunk.range.lowerBound
        let range = (start + quote.lowerBound)..<(start + quote.upperBound)
        let digest = ContentHash(of: Array(text[quote])).description
        return try await pool.read { db in
            // Documents are replaced as a whole, and ids of chunks are never given twice.
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT documents.id, sources.name, sources.sha256, chunks.start, chunks.text FROM chunks
                    JOIN documents ON documents.id = chunks.document
                    JOIN sources ON sources.id = documents.source WHERE chunks.id = ?
                    """, arguments: [hit.id.rawValue])
            guard let row, Self.holds(text, from: start, chunk: row["text"], at: row["start"]) else {
                throw CorpusError(
                    .input, "\(hit.chunk.documentID) was changed in the index while it was quoted. Ask again.")
            }
            let map = try StoredChunks.sourceMap(ofDocument: row["id"], in: db)
            return LocatedQuote(
                location: StoredChunks.location(of: range, in: map, source: row["name"]), quoteDigest: digest,
                sourceDigest: (row["sha256"] as Data?).flatMap { ContentHash(bytes: $0) }?.description)
        }
    }

    /// Whether a hit's text, which is that of one chunk or of several neighbours, has the text of a stored chunk in its
    /// place.
    private static func holds(_ text: [UInt8], from start: Int, chunk: String, at place: Int) -> Bool {
        place >= start && text.dropFirst(place - start).starts(with: chunk.utf8)
    }
}
