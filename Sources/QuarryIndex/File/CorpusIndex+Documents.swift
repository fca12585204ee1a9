import Foundation
import GRDB
public import QuarryCore
import QuarrySQLite

/// A document of an index, without its text.
public struct DocumentSummary: Sendable, Hashable, Codable {
    public var id: String
    public var title: String?
    /// The name of the file it was read from.
    public var source: String
    /// The detected language (ISO 639-1); nil if unknown.
    public var language: String?
    public var metadata: [String: MetadataValue]
    /// In text order.
    public var chunks: [ChunkID]
}

extension CorpusIndex {
    /// The index at `path`; nil if it does not exist or was never used.
    ///
    /// - Throws: The errors of ``open(at:readOnly:generation:)``.
    public static func existing(at path: String, readOnly: Bool = false) throws -> CorpusIndex? {
        do {
            let index = try open(at: path, readOnly: readOnly)
            return try translatingErrors(path: path) { try index.pool.read { try Schema.isEmpty(in: $0) } }
                ? nil : index
        } catch let error as CorpusError where error.code == .missing || error.code == .empty {
            return nil
        }
    }

    /// The documents that match a filter, in the order of their ids.
    ///
    /// - Complexity: O(documents + chunks). Texts are not read.
    public func documents(matching filter: Filter? = nil) async throws -> [DocumentSummary] {
        try await read { db in
            let condition: SQL = try filter?.sql(in: db) ?? "TRUE"
            let request: SQLRequest<Row> = """
                SELECT documents.key, documents.title, sources.name, documents.language, documents.metadata, documents.id
                FROM documents JOIN sources ON sources.id = documents.source WHERE \(condition)
                ORDER BY documents.key
                """
            let chunks = try db.cachedStatement(sql: "SELECT id FROM chunks WHERE document = ? ORDER BY ordinal")
            return try Filter.namingDamage(in: db) { try request.fetchAll(db) }.map { row in
                let row = StoredRow(row, of: "documents")
                let json = Data(try row.text(4, atMost: PreparedDocument.maximumMetadata).utf8)
                guard let metadata = try? JSONDecoder().decode([String: MetadataValue].self, from: json) else {
                    throw row.error(4, "it is not metadata")
                }
                return DocumentSummary(
                    id: try row.text(0), title: try row.optional(1, row.text), source: try row.text(2),
                    language: try row.optional(3, row.text), metadata: metadata,
                    chunks: try Int64.fetchAll(chunks, arguments: [row.integer(5)]).map { ChunkID($0) })
            }
        }
    }

    /// Removes documents, their chunks, vectors and postings. Unknown ids are ignored.
    ///
    /// - Returns: The number of removed documents.
    public func removeDocuments(_ ids: [String]) async throws -> Int {
        try await IndexingLock.whileHolding(self, onWait: { _ in }) {
            var removed = 0
            for start in stride(from: 0, to: ids.count, by: 2048) {
                let part = Array(ids[start..<min(start + 2048, ids.count)])
                removed += try await write { db in
                    let writer = try IndexWriter(db)
                    let count = try part.count { try writer.removeDocument(withKey: $0) }
                    try writer.finish()
                    return count
                }
            }
            // Until then the file still has the pages with their texts, and the log may have others.
            _ = try await mergeLog()
            return removed
        }
    }
}

/// A document with the text that the index holds of it.
package struct StoredDocument: Sendable {
    /// Without blocks, metadata and links. The text begins with the first chunk.
    package var document: Document
    /// The name of its source.
    package var source: String
    /// The absolute path of its source; nil without a file.
    package var path: String?
}

extension CorpusIndex {
    /// The stored text of a document; nil if there is no such document.
    ///
    /// - Throws: ``CorpusError`` for damaged rows.
    package func storedDocument(_ key: String) async throws -> StoredDocument? {
        try await read { db in
            let found = try Row.fetchOne(
                db,
                sql: """
                    SELECT documents.id, sources.name, sources.path, documents.source_map
                    FROM documents JOIN sources ON sources.id = documents.source WHERE documents.key = ?
                    """, arguments: [key])
            guard let row = found.map({ StoredRow($0, of: "documents") }) else { return nil }
            let chunks = try Row.fetchCursor(
                db, sql: "SELECT id, start, text, separator FROM chunks WHERE document = ? ORDER BY ordinal",
                arguments: [row.integer(0)])
            var (text, origin) = ([UInt8](), 0)
            while let chunk = try chunks.next().map({ StoredRow($0, of: "chunks") }) {
                let start = try chunk.count(1)
                if text.isEmpty { origin = start }
                // A chunk may begin with the end of the one before.
                let overlap = origin + text.count - start
                guard overlap >= 0 else { throw chunk.error(1, "\(start) is beyond the end of the text before it") }
                text += try chunk.text(2).utf8.dropFirst(overlap)
                text += try chunk.text(3).utf8
            }
            let range = origin..<(origin + text.count)
            guard let map = try row.withBlob(3, { SourceMapCodec.decode($0, slice: range) }) else {
                throw row.error(3, "it is damaged")
            }
            return StoredDocument(
                document: Document(id: key, text: String(decoding: text, as: UTF8.self), sourceMap: map),
                source: try row.text(1), path: try row.optional(2, row.text))
        }
    }
}
