import Foundation
import GRDB
import QuarryCore

/// Reads chunks back from the file.
enum StoredChunks {
    struct Stored {
        var chunk: Chunk
        var separator: String
        var documentTitle: String?
        var language: String?
        var location: SourceLocation
    }

    /// The chunks of the given ids, with what a hit shows of them; ids that are not there are left out.
    static func fetch(_ ids: [ChunkID], in db: Database) throws -> [ChunkID: Stored] {
        var found: [ChunkID: Stored] = [:]
        var maps: [Int64: SourceMap] = [:]
        let statement = try db.cachedStatement(
            sql: """
                SELECT chunks.id, chunks.document, documents.key, documents.title, documents.language, chunks.ordinal,
                    chunks.start, chunks."end", chunks.text, chunks.separator, chunks.headings, chunks.table_header,
                    chunks.tokens, sources.name
                FROM chunks JOIN documents ON documents.id = chunks.document JOIN sources ON sources.id = documents.source
                WHERE chunks.id = ?
                """)
        for id in ids {
            guard let row = try Row.fetchOne(statement, arguments: [id.rawValue]) else { continue }
            let document: Int64 = row["document"]
            let map = try maps[document] ?? sourceMap(ofDocument: document, in: db)
            maps[document] = map
            let range = (row["start"] as Int)..<(row["end"] as Int)
            let chunk = Chunk(
                documentID: row["key"], ordinal: row["ordinal"], range: range, text: row["text"],
                headings: try JSONDecoder().decode([String].self, from: row["headings"] as Data),
                tableHeader: row["table_header"], tokenCount: row["tokens"])
            found[id] = Stored(
                chunk: chunk, separator: row["separator"], documentTitle: row["title"], language: row["language"],
                location: location(of: range, in: map, source: row["name"]))
        }
        return found
    }

    static func sourceMap(ofDocument id: Int64, in db: Database) throws -> SourceMap {
        let bytes = try Data.fetchOne(db, sql: "SELECT source_map FROM documents WHERE id = ?", arguments: [id])
        guard let bytes, let map = SourceMapCodec.decode(bytes) else {
            throw CorpusError(
                .damaged, "The source map of document \(id) cannot be read. Run quarry doctor.")
        }
        return map
    }

    static func location(of range: Range<Int>, in map: SourceMap, source: String) -> SourceLocation {
        SourceLocation(source: source, bytes: map.sourceRange(of: range), lines: map.lines(of: range))
    }
}
