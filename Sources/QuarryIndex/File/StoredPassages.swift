import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

/// Reads the passages of chunks from the file.
enum StoredPassages {
    /// The passages of the given chunks. Unknown ids are left out.
    ///
    /// - Throws: `StoredValueError` for a damaged row, and for a chunk that has postings but no row of its own, of its
    ///   document or of its source.
    static func fetch(_ ids: [ChunkID], in db: Database) throws -> [ChunkID: Passage] {
        let statement = try db.cachedStatement(sql: sql)
        var found: [ChunkID: Passage] = [:]
        // The documents whose rows are intact, so that each is checked once.
        var checked: Set<Int64> = []
        found.reserveCapacity(ids.count)
        // In the order of the file.
        let ids = ids.sorted()
        for start in stride(from: 0, to: ids.count, by: rowsPerQuery) {
            let part = ids[start..<min(start + rowsPerQuery, ids.count)].map { Optional($0.rawValue) }
            // NULL is equal to no id.
            let arguments = part + Array(repeating: nil, count: rowsPerQuery - part.count)
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
            while let row = try rows.next() {
                let id = try StoredRow(row, of: "chunks", on: statement).integer(0, in: 0...ChunkID.maximum)
                found[ChunkID(id)] = try passage(row, of: statement, checked: &checked)
            }
        }
        if found.count < ids.count { try checkAbsent(ids.filter { found[$0] == nil }, in: db) }
        return found
    }

    /// Checks that chunks without a passage are unknown to the lexical index too.
    private static func checkAbsent(_ ids: [ChunkID], in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT chunks.id, documents.id, documents.source FROM bm25_chunks
                LEFT JOIN chunks ON chunks.id = bm25_chunks.id LEFT JOIN documents ON documents.id = chunks.document
                WHERE bm25_chunks.id = ?
                """)
        for id in ids {
            guard let row = try Row.fetchOne(statement, arguments: [id.rawValue]) else { continue }
            let stored = StoredRow(row, of: "chunks")
            let place: String
            if row.hasNull(atIndex: 0) {
                place = "chunks, row \(id.rawValue)"
            } else if row.hasNull(atIndex: 1) {
                place = "documents, row of chunk \(id.rawValue)"
            } else {
                place = "sources, row \(try stored.integer(2))"
            }
            throw StoredValueError(place: place, reason: "it is missing")
        }
    }

    /// A cursor for each row would take longer than the row.
    private static let rowsPerQuery = 20

    /// All columns of the three rows, each with its checksum.
    private static let sql = """
        SELECT \([CheckedTable.chunks, .documents, .sources].map(\.qualifiedColumns).joined(separator: ", "))
        FROM chunks JOIN documents ON documents.id = chunks.document JOIN sources ON sources.id = documents.source
        WHERE chunks.id IN (\(repeatElement("?", count: rowsPerQuery).joined(separator: ", ")))
        """

    /// Where the columns of each table begin. The last one of each is the checksum.
    private static let firstOfDocument = CheckedTable.chunks.columns.count + 1
    private static let firstOfSource = firstOfDocument + CheckedTable.documents.columns.count + 1

    /// - `statement`: On the row.
    private static func passage(_ row: Row, of statement: Statement, checked: inout Set<Int64>) throws -> Passage {
        let (chunk, first) = (StoredRow(row, of: "chunks", on: statement), firstOfDocument)
        let (start, end, text) = (try chunk.count(3), try chunk.count(4), try chunk.text(5))
        guard start <= end, text.utf8.count == end - start else {
            throw chunk.error(4, "the text has \(text.utf8.count) bytes, but its range is \(start) to \(end)")
        }
        let document = StoredRow(row, of: "documents", key: first, on: statement)
        let source = StoredRow(row, of: "sources", key: firstOfSource, on: statement)
        try chunk.check(0..<CheckedTable.chunks.columns.count)
        if try checked.insert(document.integer(first)).inserted {
            try document.check(first..<first + CheckedTable.documents.columns.count)
            try source.check(firstOfSource..<firstOfSource + CheckedTable.sources.columns.count)
        }
        guard let headings = StoredHeadings.decode(try chunk.text(7)) else {
            throw chunk.error(7, "it is not a list of headings")
        }
        let separator = try chunk.text(6)
        // Includes the separator, so that the maps of neighbours join.
        let range = start..<(end + separator.utf8.count)
        guard let map = try document.withBlob(first + 8, { SourceMapCodec.decode($0, slice: range) }) else {
            throw document.error(first + 8, "it is damaged")
        }
        return Passage(
            chunk: Chunk(
                documentID: try document.text(first + 1), ordinal: try chunk.count(2), range: start..<end, text: text,
                headings: headings, tableHeader: try chunk.optional(8, chunk.text), tokenCount: try chunk.count(9)),
            separator: separator, documentTitle: try document.optional(first + 3, document.text),
            language: try document.optional(first + 4, document.text), source: try source.text(firstOfSource + 1),
            path: try source.optional(firstOfSource + 3, source.text),
            sourceDigest: try source.optional(firstOfSource + 6, source.digest), sourceMap: map)
    }
}
