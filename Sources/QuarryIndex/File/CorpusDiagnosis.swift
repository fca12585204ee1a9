import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

extension CorpusIndex {
    /// The problems of the index; empty if it is intact. Each names the table and the row, or the document.
    ///
    /// Checks the file itself (SQLite's own check), the checksum of each row, that every document has all of its chunks,
    /// that every chunk has its text and its postings, and that no leg holds data of deleted chunks.
    /// - Throws: `CancellationError` between two checks if the task is cancelled.
    /// - Complexity: Reads the whole file.
    public func problems() throws -> [String] {
        try translatingErrors(path: path) {
            // Not in a transaction: on a damaged file, ending it can throw and hide the result.
            let problems = try pool.unsafeRead { try SQLiteFile.integrityProblems(in: $0) }
            guard problems.isEmpty else { return problems }
            return try listingDamage {
                try pool.read { db in
                    var problems: [String] = []
                    for table in CheckedTable.all {
                        try Task.checkCancellation()
                        problems += try listingDamage { try table.problems(in: db) }
                    }
                    let checks: [(Database) throws -> [String]] = [
                        countProblems, { try Self.documentProblems(in: $0).map(\.problem) },
                        { try Self.textProblems(in: $0).map(\.problem) }, MetadataTable.problems,
                    ]
                    for check in checks {
                        try Task.checkCancellation()
                        problems += try listingDamage { ProblemList(try check(db)).all }
                    }
                    return try problems + EngineTables.problems(in: db)
                }
            }
        }
    }

    private func countProblems(in db: Database) throws -> [String] {
        var problems: [String] = []
        let wrong = try Row.fetchAll(
            db,
            sql: """
                SELECT languages.language, languages.documents,
                    (SELECT count(*) FROM documents WHERE documents.language = languages.language) AS found
                FROM languages WHERE languages.documents != found OR found = 0
                """)
        for row in wrong.map({ StoredRow($0, of: "languages") }) {
            let (language, number, found) = (try row.text(0), try row.integer(1), try row.integer(2))
            problems.append(
                found == 0
                    ? "languages, row \(excerpt(language)): no document is in this language"
                    : "the index counts \(counted(number, "document")) in “\(excerpt(language))”, but has \(found)")
        }
        let uncounted = try Row.fetchAll(
            db,
            sql: """
                SELECT language, count(*) FROM documents
                WHERE language IS NOT NULL AND language NOT IN (SELECT language FROM languages)
                GROUP BY language ORDER BY language
                """)
        for row in uncounted.map({ StoredRow($0, of: "documents") }) {
            let number = try row.integer(1)
            problems.append(
                "languages: \(counted(number, "document")) in “\(excerpt(try row.text(0)))” "
                    + "\(number == 1 ? "is" : "are") not counted")
        }
        _ = try SettingsTable.integer(SettingsTable.generation, in: db)
        // Reads the values that a run reads. The first value of another type is listed.
        problems += folderProblems(of: try StoredInputs(db))
        let reused = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(id) FROM chunks
                WHERE id > ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'chunks'), 0)
                """)
        let sequence = try Row.fetchAll(db, sql: "SELECT name, seq FROM sqlite_sequence")
        if sequence.count > 1 { problems.append("sqlite_sequence: there are \(sequence.count) rows instead of one") }
        for row in sequence {
            let row = StoredRow(row, of: "sqlite_sequence")
            _ = (try row.text(0), try row.integer(1, in: 0...ChunkID.maximum))
        }
        if let reused { problems.append("sqlite_sequence, row chunks: it is less than the id of chunk \(reused)") }
        return problems
    }

    /// Files that were found in a folder which the index does not know: an update would not read them again.
    private func folderProblems(of inputs: StoredInputs) -> [String] {
        let folders = Set(inputs.folders.map(\.path))
        var problems = ProblemList()
        for source in inputs.sources {
            guard let path = source.path, let root = source.root, root != path,
                !enclosing(path).contains(where: folders.contains)
            else { continue }
            problems.append("roots: the folder \(excerpt(root)) of \(excerpt(source.name)) is missing")
        }
        return problems.all
    }

    /// The problem of a document, with its row.
    typealias DocumentProblem = (document: Int64, problem: String)

    /// Checks that every document has a valid source map and all of its chunks, and that the chunks cover its text.
    static func documentProblems(in db: Database) throws -> [DocumentProblem] {
        var problems: [DocumentProblem] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT documents.key, documents.source_map, documents.chunks, last."end",
                    length(CAST(last.separator AS BLOB)), last.ordinal,
                    (SELECT count(*) FROM chunks WHERE document = documents.id), documents.id,
                    json_valid(documents.metadata) AND json_valid(documents.links)
                FROM documents LEFT JOIN chunks AS last ON last.document = documents.id
                    AND last.ordinal = (SELECT max(ordinal) FROM chunks WHERE document = documents.id)
                ORDER BY documents.key
                """)
        while let row = try rows.next() {
            let row = StoredRow(row, of: "documents")
            let id = try row.integer(7)
            do {
                if let problem = try documentProblem(row) { problems.append((id, problem)) }
            } catch let error as StoredValueError {
                problems.append((id, error.description))
            }
        }
        return problems
    }

    private static func documentProblem(_ row: StoredRow) throws -> String? {
        let key = try row.text(0)
        let (expected, found) = (try row.count(2), try row.count(6))
        guard try row.integer(8) == 1 else {
            return "documents, row \(try row.integer(7)): its metadata or links are not JSON"
        }
        guard let map = try row.withBlob(1, { SourceMapCodec.decode($0) }) else {
            return "\(key): its source map is damaged"
        }
        guard let end = try row.optional(3, row.count) else {
            return expected > 0 ? "\(key): all of its chunks are missing" : nil
        }
        let (length, separator, last) = (map.segments.last?.cleanEnd ?? 0, try row.count(4), try row.count(5))
        if length < end { return "\(key): its source map ends at byte \(length), its last chunk at \(end)" }
        if end + separator < length { return "\(key): its last chunks are missing" }
        guard expected != found || found != last + 1 else { return nil }
        return "\(key): it has \(counted(found, "chunk")) instead of \(expected), so some of its chunks are missing"
    }

    /// Checks the text of each chunk.
    static func textProblems(in db: Database) throws -> [DocumentProblem] {
        var problems: [DocumentProblem] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT chunks.id, chunks.start, chunks."end", chunks.text, chunks.headings, chunks.table_header,
                    chunks.sha256, documents.key, chunks.ordinal, chunks.tokens, documents.id
                FROM chunks JOIN documents ON documents.id = chunks.document ORDER BY chunks.id
                """)
        while let row = try rows.next() {
            let row = StoredRow(row, of: "chunks")
            let document = try row.integer(10)
            do {
                if let problem = try textProblem(row) { problems.append((document, problem)) }
            } catch let error as StoredValueError {
                problems.append((document, error.description))
            }
        }
        return problems
    }

    private static func textProblem(_ row: StoredRow) throws -> String? {
        let (id, start, end) = (try row.integer(0, in: 1...ChunkID.maximum), try row.count(1), try row.count(2))
        let (key, text) = (try row.text(7), try row.text(3))
        _ = (try row.count(8), try row.count(9))
        guard start <= end, text.utf8.count == end - start else {
            return "\(key): the length of chunk \(id) does not match its range"
        }
        let chunk = Chunk(
            documentID: key, ordinal: 0, range: start..<end, text: text,
            headings: StoredHeadings.decode(try row.text(4)) ?? [], tableHeader: try row.optional(5, row.text),
            tokenCount: 0)
        guard try row.digest(6) == ContentHash(of: chunk.contextualText) else {
            return "\(key): the text of chunk \(id) does not match its digest"
        }
        return nil
    }
}
