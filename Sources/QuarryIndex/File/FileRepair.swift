import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

/// Repairs the rows of a file, inside the caller's transaction. The order of the steps matters: postings are made of the
/// documents that are left.
struct FileRepair {
    private let db: Database
    /// The sources of damaged rows that can be read again.
    private let readable: Set<Int64>
    private(set) var report = RepairReport()

    /// - `readable`: As `RereadableSources` found them.
    init(_ db: Database, readable: Set<Int64>) {
        self.db = db
        self.readable = readable
    }

    /// - Throws: `CorpusError` with the code `damaged` if SQLite cannot read the file.
    mutating func run() throws {
        let lastID = try lastChunkID()
        try repairPages()
        try removeOrphans()
        try removeRecords()
        try repairSources()
        let isComplete = try removeDamagedDocuments()
        try repairPostings(mustRebuild: !isComplete)
        try repairDerivedTables(lastID: lastID)
        try repairVectors()
        report.repaired += try MeasuredRecall.repair(in: db).map {
            "settings, row \($0): removed; the next run measures the recall of searches again"
        }
        report.sourcesToRead = Array(Set(report.sourcesToRead)).sorted()
    }

    /// Makes the indexes of SQLite again if they do not fit their tables.
    private mutating func repairPages() throws {
        guard try SQLiteFile.pageProblems(in: db).first != nil else { return }
        try db.execute(sql: "REINDEX")
        if let problem = try SQLiteFile.pageProblems(in: db).first {
            throw CorpusError(
                .damaged,
                "The pages of the file do not fit together, so that its rows cannot be repaired (\(excerpt(problem))). "
                    + "Restore it from a copy, or move it away and index the documents again.")
        }
        report.repaired.append("the indexes of SQLite were made again")
    }

    /// Removes rows whose document, chunk or source does not exist, and names the documents and chunks. No search finds
    /// them.
    private mutating func removeOrphans() throws {
        try nameOrphans(
            "SELECT id, key FROM documents WHERE source NOT IN (SELECT id FROM sources) ORDER BY id", of: "documents")
        try nameOrphans(
            """
            SELECT id, text FROM chunks WHERE document NOT IN (
                SELECT id FROM documents WHERE source IN (SELECT id FROM sources)) ORDER BY id
            """, of: "chunks")
        for (table, column, parent) in [
            ("documents", "source", "sources"), ("chunks", "document", "documents"), ("pages", "source", "sources"),
            ("unread", "source", "sources"), ("warnings", "source", "sources"), ("refused_texts", "chunk", "chunks"),
        ] {
            let removed = try execute(
                "DELETE FROM \(table) WHERE \(column) NOT IN (SELECT id FROM \(parent))",
                "\(table): # without a row in \(parent) removed")
            // Which source has lost a document is not known. Documents that are still there stay as they are.
            if removed > 0, table == "chunks" { try reopenFiles() }
        }
    }

    /// - `sql`: Gives the row and its text.
    private mutating func nameOrphans(_ sql: String, of table: String) throws {
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            let row = StoredRow(row, of: table)
            let text = try ifIntact { try row.text(1) } ?? "its text is damaged"
            report.removedOrphans.append("\(table), row \(try row.integer(0)): \(excerpt(text))")
        }
    }

    private mutating func reopenFiles() throws {
        for source in try Int64.fetchAll(db, sql: "SELECT id FROM sources ORDER BY id") where try isFile(source) {
            try reopen(source)
        }
    }

    /// Removes damaged rows that the next run writes again, and damaged rows of the history.
    private mutating func removeRecords() throws {
        for table in [CheckedTable.retiredVectors, .refusedTexts, .runs] {
            try execute("DELETE FROM \(table.name) WHERE \(table.isDamaged)", "\(table.name): # removed")
        }
        // Reading a source again writes these rows again. A file without a row of `sources` is read anyway.
        for (table, condition) in [
            (CheckedTable.quarantine, "name IN (SELECT source FROM"),
            (.refusedDocuments, "name IN (SELECT source FROM"), (.unread, "id IN (SELECT source FROM"),
            (.warnings, "id IN (SELECT source FROM"),
        ] {
            let sources = try Int64.fetchAll(
                db, sql: "SELECT id FROM sources WHERE \(condition) \(table.name) WHERE \(table.isDamaged))")
            for source in sources { try reopen(source) }
            try execute("DELETE FROM \(table.name) WHERE \(table.isDamaged)", "\(table.name): # removed")
        }
    }

    /// Marks damaged rows of sources as unread, if they lead to a file that can be read.
    private mutating func repairSources() throws {
        let damaged = try Int64.fetchAll(
            db, sql: "SELECT id FROM sources WHERE \(CheckedTable.sources.isDamaged) ORDER BY id")
        for id in damaged where readable.contains(id) {
            try reopen(id)
            report.repaired.append("sources, row \(id): marked to be read again")
        }
    }

    /// Removes documents with a damaged row of their own or of a chunk, whose source can be read again.
    ///
    /// - Returns: Whether none was removed.
    private mutating func removeDamagedDocuments() throws -> Bool {
        var removed = 0
        for document in try Self.damagedDocuments(in: db).sorted() {
            let row = try Row.fetchOne(
                db, sql: "SELECT id, key, source FROM documents WHERE id = ?", arguments: [document])
            guard let row = row.map({ StoredRow($0, of: "documents") }) else { continue }
            let key = try ifIntact { try row.text(1) } ?? "documents, row \(document)"
            let source = try row.integer(2)
            guard readable.contains(source) else {
                report.documentsWithoutSource.append(key)
                continue
            }
            try reopen(source)
            try db.execute(sql: "DELETE FROM documents WHERE id = ?", arguments: [document])
            report.repaired.append("\(key): the damaged document was removed, and its file is to be read again")
            removed += 1
        }
        return removed == 0
    }

    /// The rows of documents with a damaged row of their own or of a chunk.
    ///
    /// - Complexity: Reads the rows of all documents and chunks.
    static func damagedDocuments(in db: Database) throws -> Set<Int64> {
        let rows = try Int64.fetchSet(
            db,
            sql: """
                SELECT id FROM documents WHERE \(CheckedTable.documents.isDamaged)
                UNION SELECT document FROM chunks WHERE \(CheckedTable.chunks.isDamaged)
                """)
        let found = try CorpusIndex.documentProblems(in: db) + CorpusIndex.textProblems(in: db)
        return rows.union(found.map(\.document))
    }

    private mutating func repairPostings(mustRebuild: Bool) throws {
        let problems =
            try mustRebuild
            ? ["documents were removed"]
            : listingDamage { try BM25Table.verify(in: db) }
                + listingDamage { try EngineTables.postingProblems(in: db) }
        guard !problems.isEmpty else { return }
        try PostingRebuild(db).run()
        if !mustRebuild { report.repaired.append("bm25: postings, lengths and terms were made again from the texts") }
    }

    private mutating func repairDerivedTables(lastID: Int64) throws {
        if try !MetadataTable.problems(in: db).isEmpty {
            try MetadataTable.rebuild(in: db)
            report.repaired.append("document_values: the values were made again from the metadata")
        }
        let languages = "SELECT language, count(*) FROM documents WHERE language IS NOT NULL GROUP BY language"
        let stored = "SELECT language, documents FROM languages"
        let differ = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT * FROM (\(languages)) EXCEPT \(stored))
                    OR EXISTS (SELECT * FROM (\(stored)) EXCEPT \(languages))
                """)
        if differ == true {
            try db.execute(sql: "DELETE FROM languages; INSERT INTO languages(language, documents) \(languages)")
            report.repaired.append("languages: the documents were counted again")
        }
        let sequence = try Row.fetchAll(db, sql: "SELECT name, seq FROM sqlite_sequence").map {
            [$0[0] as DatabaseValue, $0[1] as DatabaseValue]
        }
        if !sequence.isEmpty || lastID > 0, sequence != [["chunks".databaseValue, lastID.databaseValue]] {
            try db.execute(sql: "DELETE FROM sqlite_sequence")
            try db.execute(sql: "INSERT INTO sqlite_sequence(name, seq) VALUES ('chunks', ?)", arguments: [lastID])
            report.repaired.append("sqlite_sequence: the last id of a chunk was found again")
        }
    }

    private mutating func repairVectors() throws {
        let dimensions = try repairGenerations()
        guard !dimensions.isEmpty else {
            guard try EngineTables.hasVectors(in: db) else { return }
            try db.execute(sql: "DELETE FROM vectors")
            try RetiredVectors.removeAll(in: db)
            return report.repaired.append("vectors: removed, because the index has no embedding model")
        }
        report.repaired += try VectorTable.repair(in: db, dimensions: dimensions)
        let chunks = try Int64.fetchSet(db, sql: "SELECT id FROM chunks")
        let strays = try VectorTable.generations(in: db).flatMap { try VectorTable.ids(generation: $0.id, in: db) }
            .filter { !chunks.contains($0.rawValue) }
        guard !strays.isEmpty else { return }
        try VectorTable.remove(strays, in: db)
        report.repaired.append("vectors: \(counted(strays.count, "vector")) of chunks that are gone removed")
    }

    /// Removes generations without a sound model, which nothing can search.
    ///
    /// - Returns: The dimension of each generation that is left.
    /// - Throws: `StoredValueError` if the live one is damaged, which only a copy or a new index mends.
    private mutating func repairGenerations() throws -> [Int64: Int] {
        let live = try SettingsTable.integer(SettingsTable.generation, in: db)
        let known = try Int64.fetchSet(db, sql: "SELECT id FROM generations UNION SELECT id FROM vector_generations")
        var dimensions: [Int64: Int] = [:]
        for number in known.sorted() {
            if let model = try ifIntact({ try GenerationTable.model(of: number, in: db) }) ?? nil {
                dimensions[number] = model.embedding.dimension
            } else {
                guard number != live else {
                    throw StoredValueError(place: "generations, row \(number)", reason: "its model is damaged")
                }
                try GenerationTable.remove(number, in: db)
                report.repaired.append(
                    "generations, row \(number): removed with its vectors, because its model is damaged")
            }
        }
        return dimensions
    }

    /// The last id that any chunk had, as far as the file tells.
    private func lastChunkID() throws -> Int64 {
        let range = "BETWEEN 1 AND \(ChunkID.maximum)"
        return try Int64.fetchOne(
            db,
            sql: """
                SELECT max(id) FROM (
                    SELECT max(id) AS id FROM chunks WHERE id \(range)
                    UNION ALL SELECT max(id) FROM bm25_chunks WHERE id \(range)
                    UNION ALL SELECT max(seq) FROM sqlite_sequence
                        WHERE name = 'chunks' AND typeof(seq) = 'integer' AND seq \(range))
                """) ?? 0
    }

    /// Whether a source is a file that is there, so that a run would look at it.
    private func isFile(_ source: Int64) throws -> Bool {
        let row = try Row.fetchOne(db, sql: "SELECT id, name, path FROM sources WHERE id = ?", arguments: [source])
        guard let row = row.map({ StoredRow($0, of: "sources") }),
            let path = try ifIntact({
                _ = try row.text(1); return try row.optional(2, row.text)
            }) ?? nil
        else { return false }
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// Marks a source as incomplete, so that the next run reads it.
    private mutating func reopen(_ source: Int64) throws {
        try db.execute(
            sql: CheckedTable.sources.update(["sha256": "NULL"], where: "id = ?1"), arguments: [source])
        let row = try Row.fetchOne(db, sql: "SELECT id, name FROM sources WHERE id = ?", arguments: [source])
        if let row { report.sourcesToRead.append(try StoredRow(row, of: "sources").text(1)) }
    }

    /// Executes a statement, and reports the rows that it changes.
    ///
    /// - `sentence`: With `#` for their number.
    /// - Returns: Their number.
    @discardableResult
    private mutating func execute(_ sql: String, _ sentence: String) throws -> Int {
        try db.execute(sql: sql)
        let count = db.changesCount
        guard count > 0 else { return 0 }
        report.repaired.append(sentence.replacing("#", with: "\(counted(count, "row"))"))
        return count
    }
}
