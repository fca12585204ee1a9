import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarrySQLite
import QuarryText
import QuarryVectorIndex

/// Writes the rows of sources, documents and chunks, and their postings, inside the caller's transaction.
struct IndexWriter {
    let db: Database
    /// The generations that may have vectors to reuse.
    private let generations: [Int64]
    private let engines: EngineTables.Writer
    private let encoder = IndexWriter.jsonEncoder()

    init(_ db: Database) throws {
        self.db = db
        generations = try EngineTables.hasVectors(in: db) ? GenerationTable.numbers(in: db) : []
        engines = EngineTables.Writer(db)
    }

    /// Flushes the engines. Call it before the transaction ends.
    func finish() throws { try engines.flush() }

    /// Opens a source for its documents, and deletes the errors of its last reading.
    ///
    /// - Returns: The id of the source's row, whose digest is unset until ``complete(_:sha256:)``.
    /// - Throws: ``CorpusError`` if another run has given the name to a file at another path.
    func upsertSource(_ row: SourceRow) throws -> Int64 {
        let known = try row.id.flatMap { try name(of: $0) == nil ? nil : $0 }
        if let id = try known
            ?? fetch(Int64.self, "SELECT id FROM sources WHERE name = ? AND path IS ?", [row.name, row.path])
        {
            if let old = try name(of: id) { try deleteFaults(of: old) }
            try removeUnread(of: id)
            try removeWarnings(of: id)
            try execute(
                CheckedTable.sources.update(
                    [
                        "name": "?1", "root": "?2", "path": "?3", "size": "?4", "modified": "?5", "sha256": "NULL",
                        "reader": "?6",
                    ], where: "id = ?7"),
                [row.name, row.root, row.path, row.size, row.modified, row.reader, id])
            return id
        }
        guard try fetch(Int64.self, "SELECT id FROM sources WHERE name = ?", [row.name]) == nil else {
            throw CorpusError(
                .busy,
                "Another run has just given the name \(row.name) to another file. Try again.")
        }
        try deleteFaults(of: row.name)
        let id = try nextID(after: "SELECT max(id) FROM sources", of: "sources")
        try execute(
            CheckedTable.sources.insertion,
            [id, row.name, row.root, row.path, row.size, row.modified, nil, row.reader])
        return id
    }

    private func name(of source: Int64) throws -> String? {
        try fetch(String.self, "SELECT name FROM sources WHERE id = ?", [source])
    }

    /// Deletes the errors of a source's last reading, and its list of refused documents.
    private func deleteFaults(of name: String) throws {
        try execute(
            "DELETE FROM quarantine WHERE source = ? AND reason NOT IN (\(Self.reasonsOfPlaces))", [name])
        try execute("DELETE FROM refused_documents WHERE source = ?", [name])
    }

    static let reasonsOfPlaces = Rejection.Reason.ofPlaces.map { "'\($0.rawValue)'" }.sorted()
        .joined(separator: ", ")

    func sourceID(_ name: String) throws -> Int64 {
        guard let id = try fetch(Int64.self, "SELECT id FROM sources WHERE name = ?", [name]) else {
            throw CorpusError(
                .damaged,
                "Another run removed \(name) from the index while it was being written. Index it again.")
        }
        return id
    }

    /// The root that a source was found under.
    func root(of source: Int64) throws -> String? {
        try fetch(String.self, "SELECT root FROM sources WHERE id = ?", [source])
    }

    func complete(_ source: Int64, sha256: ContentHash) throws {
        try execute(CheckedTable.sources.update(["sha256": "?1"], where: "id = ?2"), [sha256.data, source])
    }

    /// Adds or replaces a document and its chunks. A chunk reuses the vector of an equal text; the others wait for the
    /// embed stroke.
    func write(_ prepared: PreparedDocument, source: Int64) throws {
        let document = prepared.document
        if let old = try fetch(Int64.self, "SELECT id FROM documents WHERE key = ?", [document.id]) {
            try reopenHolder(of: document.id, unless: source)
            try retireVectors(of: old)
            try removeDocument(old)
        }
        let row = try nextID(after: "SELECT max(id) FROM documents", of: "documents")
        try execute(
            CheckedTable.documents.insertion,
            [
                row, document.id, source, document.title, prepared.language?.rawValue,
                document.metadata.isEmpty ? "{}" : json(document.metadata),
                document.links.isEmpty ? "[]" : json(document.links), prepared.sha256.data,
                Data(SourceMapCodec.encode(document.sourceMap)), prepared.chunks.count,
            ])
        if !document.metadata.isEmpty { try MetadataTable.fill(document: row, in: db) }
        if let language = prepared.language {
            try execute(
                """
                INSERT INTO languages(language, documents) VALUES (?, 1)
                ON CONFLICT(language) DO UPDATE SET documents = documents + 1
                """, [language.rawValue])
        }
        let insert = try db.cachedStatement(sql: CheckedTable.chunks.insertion)
        // As AUTOINCREMENT does: an id is never used twice.
        let first = max(
            try nextID(
                after: "SELECT seq FROM sqlite_sequence WHERE name = 'chunks'", of: "sqlite_sequence",
                count: prepared.chunks.count),
            try nextID(after: "SELECT max(id) FROM chunks", of: "chunks", count: prepared.chunks.count))
        for (offset, item) in prepared.chunks.enumerated() {
            let (chunk, id) = (item.chunk, first + Int64(offset))
            try insert.execute(arguments: [
                id, row, chunk.ordinal, chunk.range.lowerBound, chunk.range.upperBound, chunk.text, item.separator,
                StoredHeadings.encode(chunk.headings), chunk.tableHeader, chunk.tokenCount,
                item.sha256.data,
            ])
            var known: [Int64: [Float]] = [:]
            for generation in generations {
                known[generation] = try StoredVectors.vector(of: item.sha256, generation: generation, in: db)
            }
            try engines.add(ChunkID(id), terms: prepared.terms(of: item), vectors: known)
        }
    }

    /// The id of the first of `count` new rows.
    ///
    /// - Throws: `StoredValueError` if the last id is too large for another row.
    private func nextID(after last: String, of table: String, count: Int = 1) throws -> Int64 {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: last)).map({ StoredRow($0, of: table) })
        else { return 1 }
        return (try row.optional(0) { try row.integer($0, in: 0...ChunkID.maximum - Int64(count)) } ?? 0) + 1
    }

    /// Keeps the vectors of a document's texts until the end of the run.
    private func retireVectors(of document: Int64) throws {
        guard !generations.isEmpty else { return }
        let statement = try db.cachedStatement(sql: "SELECT id, sha256 FROM chunks WHERE document = ?")
        for row in try Row.fetchAll(statement, arguments: [document]) {
            let chunk = StoredRow(row, of: "chunks")
            let id = ChunkID(try chunk.integer(0))
            for generation in generations {
                guard let vector = try VectorTable.vector(of: id, generation: generation, in: db) else { continue }
                try RetiredVectors.insert(vector, of: chunk.digest(1), generation: generation, in: db)
            }
        }
    }

    /// Removes a document, its chunks, and their vectors and postings.
    func removeDocument(_ id: Int64) throws {
        let chunks = try Int64.fetchAll(
            db, sql: "SELECT id FROM chunks WHERE document = ? ORDER BY id", arguments: [id])
        engines.remove(chunks.map { ChunkID($0) })
        if let language = try fetch(String.self, "SELECT language FROM documents WHERE id = ?", [id]) {
            try execute("UPDATE languages SET documents = documents - 1 WHERE language = ?", [language])
            try execute("DELETE FROM languages WHERE documents <= 0")
        }
        try execute("DELETE FROM documents WHERE id = ?", [id])
    }

    /// Removes a document, unless it now belongs to another source or no longer exists.
    func removeDocument(_ id: Int64, of source: Int64) throws {
        let isThere = try fetch(
            Bool.self, "SELECT EXISTS (SELECT 1 FROM documents WHERE id = ? AND source = ?)", [id, source])
        if isThere == true { try removeDocument(id) }
    }

    /// Removes a document by its key. A source without another document is removed too, or noted if it is a file.
    /// - Returns: Whether the document existed.
    func removeDocument(withKey key: String) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT id, source FROM documents WHERE key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [key]).map({ StoredRow($0, of: "documents") })
        else { return false }
        let (document, source) = (try row.integer(0), try row.integer(1))
        try removeDocument(document)
        guard try documents(of: source).isEmpty, let name = try name(of: source) else { return true }
        if try fetch(Bool.self, "SELECT path IS NULL FROM sources WHERE id = ?", [source]) == true {
            try removeSource(source)
        } else {
            try store(unread: [UnreadPart(.removed(name), of: name)], of: source)
        }
        return true
    }

    /// Marks a source that loses a document to another source as incomplete until this run closes it. A killed run then
    /// leaves no source falsely marked as complete.
    private func reopenHolder(of key: String, unless source: Int64) throws {
        guard let holder = try fetch(Int64.self, "SELECT source FROM documents WHERE key = ?", [key]), holder != source
        else { return }
        try reopen(holder)
    }

    /// Marks a source as incomplete before its documents are removed, in case the run is killed.
    func reopen(_ source: Int64) throws {
        try execute(CheckedTable.sources.update(["sha256": "NULL"], where: "id = ?1"), [source])
    }

    /// Removes a source without documents, and the errors of its last reading.
    func removeSource(_ id: Int64) throws {
        guard let name = try name(of: id) else { return }
        try deleteFaults(of: name)
        try db.execute(sql: "DELETE FROM sources WHERE id = ?", arguments: [id])
    }

    /// The documents of a source: their rows and keys.
    func documents(of source: Int64) throws -> [(id: Int64, key: String)] {
        try Row.fetchAll(db, sql: "SELECT id, key FROM documents WHERE source = ? ORDER BY id", arguments: [source])
            .map { row in
                let row = StoredRow(row, of: "documents")
                return (try row.integer(0), try row.text(1))
            }
    }

    /// Updates the position of an unchanged document in its source.
    func relocate(_ key: String, sourceMap: Data, source: Int64) throws {
        try reopenHolder(of: key, unless: source)
        try execute(
            CheckedTable.documents.update(["source": "?1", "source_map": "?2"], where: "key = ?3"),
            [source, sourceMap, key])
    }

    /// Stores the new time of a file whose content is the same.
    func touch(_ id: Int64, as row: SourceRow) throws {
        try execute(
            CheckedTable.sources.update(
                ["modified": "?1", "size": "?2", "root": "?3", "path": "?4"], where: "id = ?5"),
            [row.modified, row.size, row.root, row.path, id])
    }

    func quarantine(_ rejections: [Rejection], root: String?) throws {
        for rejection in rejections {
            try db.execute(
                sql: CheckedTable.quarantine.insertion,
                arguments: [
                    rejection.source, root, rejection.line, rejection.reason.rawValue, rejection.message,
                    rejection.model, rejection.omitted,
                ])
        }
    }

    /// Deletes rows of the quarantine that are checked again.
    func releaseQuarantine(_ rows: [Int64]) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM quarantine WHERE rowid = ?")
        for row in rows { try statement.execute(arguments: [row]) }
    }

    /// Stores the documents of a source that were skipped because another source has their keys.
    func refuse(_ keys: [String], of source: String) throws {
        for key in keys {
            try db.execute(
                sql: "\(CheckedTable.refusedDocuments.insertion) ON CONFLICT DO NOTHING", arguments: [source, key])
        }
    }

    /// Executes a cached statement: most recur with the next document.
    private func execute(_ sql: String, _ arguments: StatementArguments = []) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    private func fetch<Value: DatabaseValueConvertible>(
        _ type: Value.Type, _ sql: String, _ arguments: StatementArguments
    ) throws -> Value? {
        try Value.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    /// Writes the JSON of metadata and links.
    static func jsonEncoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Rejection {
    fileprivate static func removed(_ name: String) -> Rejection {
        Rejection(
            source: name, reason: .removed,
            message: "It was taken out of the index. It is read again when it changes.")
    }
}
