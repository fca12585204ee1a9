import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

extension CorpusIndex {
    /// The problems of the index; empty if it is intact.
    ///
    /// Checks the file itself (SQLite's own check). Checks that every chunk has a document, its text and its postings,
    /// and that no leg holds data of deleted chunks.
    /// - Complexity: Reads the whole file.
    public func problems() throws -> [String] {
        try translatingErrors(path: path) {
            // Not in a transaction: on a damaged file, ending it can throw and hide the result.
            let problems = try pool.unsafeRead { try SQLiteFile.integrityProblems(in: $0) }
            guard problems.isEmpty else { return problems }
            return try listingDamage {
                try pool.read { db in
                    try listingDamage { try countProblems(in: db) } + listingDamage { try documentProblems(in: db) }
                        + listingDamage { try textProblems(in: db) }
                        + EngineTables.problems(in: db, settings: settings)
                }
            }
        }
    }

    private func countProblems(in db: Database) throws -> [String] {
        var problems: [String] = []
        let gaps = try String.fetchAll(
            db,
            sql: """
                SELECT documents.key FROM documents JOIN chunks ON chunks.document = documents.id
                GROUP BY documents.id HAVING count(*) != max(chunks.ordinal) + 1 ORDER BY documents.key
                """)
        problems += gaps.map { "\($0): some of its chunks are missing" }
        let wrong = try Row.fetchAll(
            db,
            sql: """
                SELECT languages.language, languages.documents,
                    (SELECT count(*) FROM documents WHERE documents.language = languages.language) AS found
                FROM languages WHERE languages.documents != found
                """)
        problems += wrong.map {
            "the index counts \($0[1] as Int) documents in “\($0[0] as String)”, but has \($0[2] as Int)"
        }
        let uncounted = try Row.fetchAll(
            db,
            sql: """
                SELECT language, count(*) FROM documents
                WHERE language IS NOT NULL AND language NOT IN (SELECT language FROM languages)
                GROUP BY language ORDER BY language
                """)
        problems += uncounted.map { "\($0[1] as Int) documents in “\($0[0] as String)” are not counted" }
        return problems
    }

    /// Checks that every document has a valid source map, and that its chunks cover its text.
    private func documentProblems(in db: Database) throws -> [String] {
        var problems: [String] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT documents.key, documents.source_map, last."end", length(CAST(last.separator AS BLOB))
                FROM documents LEFT JOIN chunks AS last ON last.document = documents.id
                    AND last.ordinal = (SELECT max(ordinal) FROM chunks WHERE document = documents.id)
                ORDER BY documents.key
                """)
        while let row = try rows.next() {
            let key: String = row[0]
            guard let map = SourceMapCodec.decode(row[1] as Data) else {
                problems.append("\(key): its source map is damaged")
                continue
            }
            let length = map.segments.last?.cleanEnd ?? 0
            guard let end = row[2] as Int? else {
                if length > 0 { problems.append("\(key): all of its chunks are missing") }
                continue
            }
            if length < end {
                problems.append("\(key): its source map ends at byte \(length), its last chunk at \(end)")
            } else if end + (row[3] as Int? ?? 0) < length {
                problems.append("\(key): its last chunks are missing")
            }
        }
        return problems
    }

    private func textProblems(in db: Database) throws -> [String] {
        var problems: [String] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT chunks.id, chunks.start, chunks."end", chunks.text, chunks.headings, chunks.table_header,
                    chunks.sha256, documents.key
                FROM chunks JOIN documents ON documents.id = chunks.document ORDER BY chunks.id
                """)
        while let row = try rows.next() {
            let range = (row["start"] as Int)..<max(row["start"] as Int, row["end"] as Int)
            let chunk = Chunk(
                documentID: row["key"], ordinal: 0, range: range, text: row["text"],
                headings: StoredHeadings.decode(row["headings"]) ?? [],
                tableHeader: row["table_header"], tokenCount: 0)
            if chunk.text.utf8.count != range.count {
                problems.append(
                    "\(chunk.documentID): the length of chunk \(row["id"] as Int64) does not match its range")
            } else if ContentHash(bytes: row["sha256"] as Data) != ContentHash(of: chunk.contextualText) {
                problems.append(
                    "\(chunk.documentID): the text of chunk \(row["id"] as Int64) does not match its digest")
            }
        }
        return problems
    }
}
