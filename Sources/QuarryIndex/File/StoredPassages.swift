import Foundation
import GRDB
import QuarryCore

/// Reads the passages of chunks from the file.
enum StoredPassages {
    /// The passages of the given chunks, without those of unknown ids.
    ///
    /// - Throws: ``CorpusError`` for a damaged row.
    static func fetch(_ ids: [ChunkID], in db: Database, path: String) throws -> [ChunkID: Passage] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT documents.key, chunks.ordinal, chunks.start, chunks."end", chunks.text, chunks.headings,
                    chunks.table_header, chunks.tokens, chunks.separator, documents.title, documents.language,
                    sources.name, sources.sha256, documents.source_map, sources.path
                FROM chunks JOIN documents ON documents.id = chunks.document JOIN sources ON sources.id = documents.source
                WHERE chunks.id = ?
                """)
        var found: [ChunkID: Passage] = [:]
        // In the order of the file.
        for id in ids.sorted() {
            let rows = try Row.fetchCursor(statement, arguments: [id.rawValue])
            guard let row = try rows.next() else { continue }
            guard let passage = try passage(row) else {
                throw CorpusError(.damaged, "\(path): chunk \(id.rawValue) is damaged.")
            }
            found[id] = passage
        }
        return found
    }

    private static func passage(_ row: Row) throws -> Passage? {
        guard let key = String.fromDatabaseValue(row[0]), let ordinal = Int.fromDatabaseValue(row[1]),
            let start = Int.fromDatabaseValue(row[2]), let end = Int.fromDatabaseValue(row[3]), 0 <= start,
            start <= end,
            end <= SourceMapCodec.maximumOffset, let text = String.fromDatabaseValue(row[4]),
            text.utf8.count == end - start,
            let titles = String.fromDatabaseValue(row[5]), let headings = StoredHeadings.decode(titles),
            let tokens = Int.fromDatabaseValue(row[7]), let separator = String.fromDatabaseValue(row[8]),
            let source = String.fromDatabaseValue(row[11]),
            // Includes the separator, so that the maps of neighbours join.
            let map = try row.withUnsafeData(
                atIndex: 13, { $0.flatMap { SourceMapCodec.decode($0, slice: start..<(end + separator.utf8.count)) } })
        else { return nil }
        return Passage(
            chunk: Chunk(
                documentID: key, ordinal: ordinal, range: start..<end, text: text, headings: headings,
                tableHeader: String.fromDatabaseValue(row[6]), tokenCount: tokens),
            separator: separator, documentTitle: String.fromDatabaseValue(row[9]),
            language: String.fromDatabaseValue(row[10]), source: source,
            path: String.fromDatabaseValue(row[14]),
            sourceDigest: Data.fromDatabaseValue(row[12]).flatMap { ContentHash(bytes: $0) }, sourceMap: map)
    }
}
