import Foundation
import GRDB
public import QuarryCore
public import QuarryRetrievalQA

extension CorpusIndex: QuoteLocator {
    /// The bytes and lines of a quote, from the source map that was stored with its document.
    public func locate(_ quote: Range<Int>, in hit: ScoredChunk) async throws -> LocatedQuote {
        let text = Array(hit.chunk.text.utf8)
        guard quote.lowerBound >= 0, quote.upperBound <= text.count else {
            throw QuoteLocationError.outsideChunk(quote, chunk: hit.id)
        }
        let start = hit.chunk.range.lowerBound
        let range = (start + quote.lowerBound)..<(start + quote.upperBound)
        let key = hit.chunk.documentID
        return try await pool.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT documents.id, sources.name, sources.sha256 FROM documents
                    JOIN sources ON sources.id = documents.source WHERE documents.key = ?
                    """, arguments: [key])
            guard let row else {
                throw CorpusError(.input, "\(key) was removed from the index while it was quoted. Ask again.")
            }
            let map = try StoredChunks.sourceMap(ofDocument: row["id"], in: db)
            return LocatedQuote(
                location: StoredChunks.location(of: range, in: map, source: row["name"]),
                quoteDigest: ContentHash(of: Array(text[quote])).description,
                sourceDigest: (row["sha256"] as Data?).flatMap { ContentHash(bytes: $0) }?.description)
        }
    }
}
