import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

/// Writes the rows of documents, chunks, vectors and postings. Every call belongs to the caller's transaction.
struct IndexWriter {
    let db: Database
    let generation: Int64
    let hasVectors: Bool
    private let engines: EngineTables.Writer

    init(_ db: Database, settings: IndexSettings) throws {
        self.db = db
        generation = try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1
        hasVectors = settings.embedding != nil
        engines = EngineTables.Writer(db, generation: generation)
    }

    /// Makes the caller's transaction complete: flushes the engines and marks the content as changed.
    func finish() throws {
        try engines.flush()
        let revision = try SettingsTable.integer(SettingsTable.revision, in: db) ?? 0
        try SettingsTable.set(SettingsTable.revision, to: String(revision + 1), in: db)
    }

    /// - Returns: The id of the source's row, whose digest is unset until ``complete(_:sha256:)``.
    func upsertSource(_ row: IndexingRun.SourceRow) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO sources(name, root, path, size, modified, sha256, reader) VALUES (?, ?, ?, ?, ?, NULL, ?)
                ON CONFLICT(name) DO UPDATE SET root = excluded.root, path = excluded.path, size = excluded.size,
                    modified = excluded.modified, sha256 = NULL, reader = excluded.reader
                """, arguments: [row.name, row.root, row.path, row.size, row.modified, Indexer.readerVersion])
        return try sourceID(row.name)
    }

    func sourceID(_ name: String) throws -> Int64 {
        guard let id = try Int64.fetchOne(db, sql: "SELECT id FROM sources WHERE name = ?", arguments: [name]) else {
            throw CorpusError(
                .damaged,
                "\(name) vanished from the index while it was written: another run removed it. Run quarry index again.")
        }
        return id
    }

    func complete(_ source: Int64, sha256: ContentHash) throws {
        try db.execute(sql: "UPDATE sources SET sha256 = ? WHERE id = ?", arguments: [sha256.data, source])
    }

    /// Replaces or adds a document with all its chunks.
    ///
    /// - Parameter vectors: One for each chunk, in order; nil for an index without vectors.
    func write(_ prepared: PreparedDocument, source: Int64, vectors: [ArraySlice<Float>]?) throws {
        let document = prepared.document
        if let old = try Int64.fetchOne(db, sql: "SELECT id FROM documents WHERE key = ?", arguments: [document.id]) {
            try removeDocument(old)
        }
        try db.execute(
            sql: """
                INSERT INTO documents(key, source, title, language, metadata, links, sha256, source_map)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                document.id, source, document.title, prepared.language?.rawValue, try json(document.metadata),
                try json(document.links), prepared.sha256.data, Data(SourceMapCodec.encode(document.sourceMap)),
            ])
        let row = db.lastInsertedRowID
        if let language = prepared.language {
            try db.execute(
                sql: """
                    INSERT INTO languages(language, documents) VALUES (?, 1)
                    ON CONFLICT(language) DO UPDATE SET documents = documents + 1
                    """, arguments: [language.rawValue])
        }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO chunks(document, ordinal, start, "end", text, separator, headings, table_header, tokens, sha256)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (index, item) in prepared.chunks.enumerated() {
            let chunk = item.chunk
            try insert.execute(arguments: [
                row, chunk.ordinal, chunk.range.lowerBound, chunk.range.upperBound, chunk.text, item.separator,
                try json(chunk.headings), chunk.tableHeader, chunk.tokenCount, item.sha256.data,
            ])
            let id = ChunkID(db.lastInsertedRowID)
            try engines.add(id, terms: item.terms, vector: vectors?[index])
        }
    }

    /// Removes a document, its chunks, and all that the engines know of them.
    func removeDocument(_ id: Int64) throws {
        let chunks = try Int64.fetchAll(
            db, sql: "SELECT id FROM chunks WHERE document = ? ORDER BY id", arguments: [id])
        try engines.remove(chunks.map { ChunkID($0) })
        if let language = try String.fetchOne(db, sql: "SELECT language FROM documents WHERE id = ?", arguments: [id]) {
            try db.execute(
                sql: "UPDATE languages SET documents = documents - 1 WHERE language = ?", arguments: [language])
            try db.execute(sql: "DELETE FROM languages WHERE documents <= 0")
        }
        try db.execute(sql: "DELETE FROM documents WHERE id = ?", arguments: [id])
    }

    /// Removes a source with its documents.
    /// - Returns: How many documents went.
    @discardableResult
    func removeSource(_ id: Int64) throws -> Int {
        let documents = try Int64.fetchAll(
            db, sql: "SELECT id FROM documents WHERE source = ? ORDER BY id", arguments: [id])
        for document in documents { try removeDocument(document) }
        try db.execute(sql: "DELETE FROM sources WHERE id = ?", arguments: [id])
        return documents.count
    }

    /// Removes the documents of a source other than those named.
    /// - Returns: How many went.
    func removeDocuments(of source: Int64, except keys: Set<String>) throws -> Int {
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, key FROM documents WHERE source = ? ORDER BY id", arguments: [source])
        var removed = 0
        for row in rows where !keys.contains(row["key"]) {
            try removeDocument(row["id"])
            removed += 1
        }
        return removed
    }

    /// Brings the place of an unchanged document in its source up to date.
    func relocate(_ document: Document, source: Int64) throws {
        try db.execute(
            sql: "UPDATE documents SET source = ?, source_map = ? WHERE key = ?",
            arguments: [source, Data(SourceMapCodec.encode(document.sourceMap)), document.id])
    }

    /// Gives a moved source its new name and place; its only document, if named after it, is renamed with it, and so is
    /// what it has in quarantine.
    func move(_ stored: StoredSource, to file: FoundFile) throws {
        try db.execute(
            sql: "UPDATE sources SET name = ?, root = ?, path = ?, size = ?, modified = ? WHERE id = ?",
            arguments: [file.id, file.root, file.path, file.size, file.modificationTime, stored.id])
        try db.execute(
            sql: "UPDATE documents SET key = ? WHERE source = ? AND key = ?",
            arguments: [file.id, stored.id, stored.name])
        try db.execute(
            sql: "UPDATE quarantine SET source = ?, root = ? WHERE source = ? AND root IS NOT NULL",
            arguments: [file.id, file.root, stored.name])
    }

    func quarantine(_ rejections: [Rejection], root: String?) throws {
        for rejection in rejections {
            try db.execute(
                sql: "INSERT INTO quarantine(source, root, line, reason, message) VALUES (?, ?, ?, ?, ?)",
                arguments: [rejection.source, root, rejection.line, rejection.reason.rawValue, rejection.message])
        }
    }

    /// Forgets the quarantine under some roots, but for sources that are not read again.
    /// - Returns: What stays.
    func renewQuarantine(under roots: [String], keeping unchanged: Set<String>) throws -> [Rejection] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT rowid, source, root, line, reason, message FROM quarantine ORDER BY rowid")
        var kept: [Rejection] = []
        for row in rows {
            let root: String? = row["root"]
            if let root, !roots.contains(where: { root == $0 || root.hasPrefix($0 + "/") }) { continue }
            // Without a root it was not the content: a folder, a size or a right, which were looked at anew.
            if root != nil, unchanged.contains(row["source"]), let reason = Rejection.Reason(rawValue: row["reason"]) {
                kept.append(
                    Rejection(source: row["source"], line: row["line"], reason: reason, message: row["message"]))
            } else {
                try db.execute(sql: "DELETE FROM quarantine WHERE rowid = ?", arguments: [row["rowid"] as Int64])
            }
        }
        return kept
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
