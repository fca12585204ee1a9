import Foundation
import GRDB
import QuarryCore
import QuarrySQLite
import QuarryText
import QuarryVectorIndex

/// A text without a vector.
struct MissingText: Sendable {
    /// The row and the key of the document of its first chunk.
    var document: Int64
    var key: String
    /// Of the text before ``Swift/String/forEmbedding``.
    var digest: ContentHash
    /// As the model gets it.
    var text: String
    var tokens: Int

    /// The source of the first chunk with the text, and the first line of its document.
    func place(in index: CorpusIndex) async throws -> (source: String, line: Int)? {
        try await index.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT sources.name, documents.source_map FROM chunks JOIN documents ON documents.id = chunks.document
                    JOIN sources ON sources.id = documents.source WHERE chunks.sha256 = ? ORDER BY chunks.id LIMIT 1
                    """, arguments: [digest.data])
            return try row.map { row in
                let row = StoredRow(row, of: "documents")
                let map = try row.withBlob(1) { SourceMapCodec.decode($0, slice: 0..<0) }
                return (try row.text(0), map?.firstLine ?? 1)
            }
        }
    }
}

/// The chunks without a vector of a generation, in the order of their ids. Of a generation that is not begun, all chunks.
struct MissingVectors {
    private let index: CorpusIndex
    private let generation: Int64?
    /// The ids to return, in reverse order.
    private var waiting: [Int64] = []
    /// The last id that was checked.
    private var last: Int64 = 0
    /// The number of chunks found so far.
    private(set) var known = 0

    init(_ index: CorpusIndex, generation: Int64?) {
        self.index = index
        self.generation = generation
    }

    /// Adds the chunks that are new since the last call.
    /// - Complexity: O(new chunks). Texts are not read.
    mutating func refresh() async throws {
        let (last, generation) = (last, generation)
        let (found, newest) = try await index.read { db -> ([Int64], Int64) in
            let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM chunks") ?? 0
            guard newest > last else { return ([], last) }
            var known =
                try generation.map { try VectorTable.ids(generation: $0, among: last + 1...newest, in: db) } ?? []
            let refused = try Int64.fetchCursor(
                db, sql: "SELECT chunk FROM refused_texts WHERE generation = ?", arguments: [generation])
            while let id = try refused.next() { known.insert(ChunkID(id)) }
            var found: [Int64] = []
            let ids = try Int64.fetchCursor(db, sql: "SELECT id FROM chunks WHERE id > ?", arguments: [last])
            while let id = try ids.next() {
                if !known.contains(ChunkID(id)) { found.append(id) }
            }
            return (found.sorted(by: >), newest)
        }
        waiting = found + waiting
        known += found.count
        self.last = newest
    }

    /// The next texts, each once if they are to be distinct; nil at the end.
    mutating func next(_ limit: Int, distinct: Bool = true) async throws -> [MissingText]? {
        while !waiting.isEmpty {
            let ids = Array(waiting.suffix(limit).reversed())
            waiting.removeLast(ids.count)
            let texts = try await index.read { [generation] db in
                try Self.texts(of: ids, distinct: distinct, generation: generation, in: db)
            }
            if !texts.isEmpty { return texts }
        }
        return nil
    }

    /// The texts of chunks that still exist, still have no vector and were not rejected meanwhile.
    private static func texts(
        of ids: [Int64], distinct: Bool, generation: Int64?, in db: Database
    ) throws -> [MissingText] {
        let range = (ids.first ?? 0)...(ids.last ?? 0)
        let known = try generation.map { try VectorTable.ids(generation: $0, among: range, in: db) } ?? []
        let statement = try db.cachedStatement(
            sql: """
                SELECT chunks.id, chunks.text, headings, table_header, tokens, chunks.sha256, documents.id, key
                FROM chunks JOIN documents ON documents.id = chunks.document
                WHERE chunks.id = ?1 AND NOT EXISTS (
                    SELECT 1 FROM refused_texts WHERE chunk = ?1 AND generation = ?2)
                """)
        var met: Set<ContentHash> = []
        var texts: [MissingText] = []
        for id in ids where !known.contains(ChunkID(id)) {
            guard
                let row = try Row.fetchOne(statement, arguments: [id, generation]).map({ StoredRow($0, of: "chunks") })
            else { continue }
            let digest = try row.digest(5)
            guard met.insert(digest).inserted || !distinct else { continue }
            guard let headings = StoredHeadings.decode(try row.text(2)) else {
                throw row.error(2, "it is not a list of headings")
            }
            let chunk = Chunk(
                documentID: "", ordinal: 0, range: 0..<0, text: try row.text(1), headings: headings,
                tableHeader: try row.optional(3, row.text), tokenCount: try row.count(4))
            texts.append(
                MissingText(
                    document: try row.integer(6), key: try row.text(7), digest: digest,
                    text: chunk.contextualText.forEmbedding, tokens: chunk.tokenCount))
        }
        return texts
    }
}
