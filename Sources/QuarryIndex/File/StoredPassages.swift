import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

/// Reads the passages of chunks from the file.
enum StoredPassages {
    /// The passages of the given chunks. Unknown ids are left out.
    ///
    /// - Throws: `StoredValueError` for a damaged row.
    static func fetch(_ ids: [ChunkID], in db: Database) throws -> [ChunkID: Passage] {
        let statement = try db.cachedStatement(sql: sql)
        var found: [ChunkID: Passage] = [:]
        found.reserveCapacity(ids.count)
        // In the order of the file.
        let ids = ids.sorted()
        for start in stride(from: 0, to: ids.count, by: rowsPerQuery) {
            let part = ids[start..<min(start + rowsPerQuery, ids.count)].map { Optional($0.rawValue) }
            // NULL is equal to no id.
            let arguments = part + Array(repeating: nil, count: rowsPerQuery - part.count)
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
            while let row = try rows.next() {
                let id = try StoredRow(row, of: "chunks").integer(0, in: 0...ChunkID.maximum)
                found[ChunkID(id)] = try passage(row)
            }
        }
        return found
    }

    /// A cursor for each row would take longer than the row.
    private static let rowsPerQuery = 20

    private static let sql = """
        SELECT chunks.id, chunks.ordinal, chunks.start, chunks."end", chunks.text, chunks.headings,
            chunks.table_header, chunks.tokens, chunks.separator,
            documents.key, documents.title, documents.language, documents.source_map,
            sources.name, sources.sha256, sources.path
        FROM chunks JOIN documents ON documents.id = chunks.document JOIN sources ON sources.id = documents.source
        WHERE chunks.id IN (\(repeatElement("?", count: rowsPerQuery).joined(separator: ", ")))
        """

    private static func passage(_ row: Row) throws -> Passage {
        let chunk = StoredRow(row, of: "chunks")
        let (start, end, text) = (try chunk.count(2), try chunk.count(3), try chunk.text(4))
        guard start <= end, text.utf8.count == end - start else {
            throw chunk.error(3, "the text has \(text.utf8.count) bytes, but its range is \(start) to \(end)")
        }
        guard let headings = StoredHeadings.decode(try chunk.text(5)) else {
            throw chunk.error(5, "it is not a list of headings")
        }
        let separator = try chunk.text(8)
        let document = StoredRow(row, of: "documents", key: 9)
        // Includes the separator, so that the maps of neighbours join.
        let range = start..<(end + separator.utf8.count)
        guard let map = try document.withBlob(12, { SourceMapCodec.decode($0, slice: range) }) else {
            throw document.error(12, "it is damaged")
        }
        let source = StoredRow(row, of: "sources", key: 13)
        return Passage(
            chunk: Chunk(
                documentID: try document.text(9), ordinal: try chunk.count(1), range: start..<end, text: text,
                headings: headings, tableHeader: try chunk.optional(6, chunk.text), tokenCount: try chunk.count(7)),
            separator: separator, documentTitle: try document.optional(10, document.text),
            language: try document.optional(11, document.text), source: try source.text(13),
            path: try source.optional(15, source.text), sourceDigest: try source.optional(14, source.digest),
            sourceMap: map)
    }
}
