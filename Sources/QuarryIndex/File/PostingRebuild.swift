import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarrySQLite
import QuarryText

/// Makes the lexical index again from the stored documents and chunks, inside the caller's transaction.
struct PostingRebuild {
    private let db: Database
    private let analyzer = Analyzer()

    init(_ db: Database) { self.db = db }

    private struct StoredChunk {
        var id: ChunkID
        var chunk: Chunk
    }

    /// - Complexity: O(size of all texts), in the memory of the longest document and some 20 bytes for each chunk.
    func run() throws {
        let checksums = try storedChecksums()
        try BM25Table.removeAll(in: db)
        let writer = EngineTables.Writer(db)
        let documents = try Row.fetchCursor(db, sql: "SELECT id, title, language FROM documents ORDER BY id")
        while let row = try documents.next() {
            try Task.checkCancellation()
            let row = StoredRow(row, of: "documents")
            // A document that is damaged, and cannot be read again, is indexed as far as it goes.
            let title = try ifIntact { try row.optional(1, row.text) } ?? nil
            let language = try (ifIntact { try row.optional(2, row.text) } ?? nil).flatMap { Language(rawValue: $0) }
            let analysis = ChunkAnalysis(analyzer, language: language, title: title)
            let chunks = try chunks(of: row.integer(0))
            var standsAbove = false
            for stored in chunks {
                let beginsWithTitle = analysis.beginsWithTitle(
                    stored.chunk, id: stored.id, title: title, checksum: checksums[stored.id.rawValue],
                    guess: !standsAbove)
                if let title, stored.chunk.headings.first == title { standsAbove = true }
                let terms = analysis.terms(of: stored.chunk, beginsWithTitle: beginsWithTitle)
                try writer.add(stored.id, terms: terms, vectors: [:])
            }
        }
        try writer.flush()
    }

    /// The checksums of the postings that each chunk had, as far as they can be read.
    private func storedChecksums() throws -> [Int64: Int64] {
        var checksums: [Int64: Int64] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT id, checksum FROM bm25_chunks")
        while let row = try rows.next() {
            let row = StoredRow(row, of: "bm25_chunks")
            if let pair = try ifIntact({ (try row.integer(0), try row.integer(1)) }) { checksums[pair.0] = pair.1 }
        }
        return checksums
    }

    private func chunks(of document: Int64) throws -> [StoredChunk] {
        let statement = try db.cachedStatement(
            sql: "SELECT id, text, headings FROM chunks WHERE document = ? ORDER BY ordinal")
        return try Row.fetchAll(statement, arguments: [document]).map { row in
            let row = StoredRow(row, of: "chunks")
            let headings = try ifIntact { try row.text(2) }.flatMap(StoredHeadings.decode) ?? []
            return StoredChunk(
                id: ChunkID(try row.integer(0, in: 1...ChunkID.maximum)),
                chunk: Chunk(
                    documentID: "", ordinal: 0, range: 0..<0, text: try ifIntact { try row.text(1) } ?? "",
                    headings: headings,
                    tokenCount: 0))
        }
    }
}
