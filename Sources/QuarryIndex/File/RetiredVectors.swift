import Foundation
import GRDB
import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

/// Finds the vector of a text, in any chunk.
enum StoredVectors {
    /// The vector of a chunk with this text. The chunk may have been replaced in this run.
    ///
    /// Chunks with the same text all have a vector or all have none, so the first one decides.
    static func vector(of text: ContentHash, generation: Int64, in db: Database) throws -> [Float]? {
        let statement = try db.cachedStatement(sql: "SELECT id FROM chunks WHERE sha256 = ? ORDER BY id LIMIT 1")
        if let id = try Int64.fetchOne(statement, arguments: [text.data]),
            let vector = try VectorTable.vector(of: ChunkID(id), generation: generation, in: db)
        {
            return vector
        }
        return try RetiredVectors.vector(of: text, generation: generation, in: db)
    }
}

/// The vectors of documents that were replaced in this run. If a later document contains the same text, the vector is
/// reused.
///
/// The table is emptied when all sources are read. After a killed run, the next run uses it.
enum RetiredVectors {
    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE retired_vectors(
                    sha256 BLOB NOT NULL,           -- of the text that was embedded
                    generation INTEGER NOT NULL,
                    vector BLOB NOT NULL,           -- float32, little-endian
                    checksum INTEGER NOT NULL,
                    PRIMARY KEY (sha256, generation)
                ) STRICT, WITHOUT ROWID
                """)
    }

    static func insert(_ vector: [Float], of text: ContentHash, generation: Int64, in db: Database) throws {
        let bytes = vector.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
        try db.cachedStatement(
            sql: """
                \(CheckedTable.retiredVectors.insertion)
                ON CONFLICT DO UPDATE SET vector = excluded.vector, checksum = excluded.checksum
                """
        ).execute(arguments: [text.data, generation, bytes])
    }

    static func vector(of text: ContentHash, generation: Int64, in db: Database) throws -> [Float]? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sha256, generation, vector, checksum FROM retired_vectors WHERE sha256 = ? AND generation = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [text.data, generation]) else { return nil }
        let stored = StoredRow(row, of: "retired_vectors")
        let data = try stored.blob(2)
        let dimension = try VectorTable.generation(generation, in: db).dimension
        guard data.count == dimension * 4, try stored.checksum(of: 0..<3) == stored.integer(3) else {
            throw stored.error(2, "it does not match its checksum, or has another length than \(dimension) numbers")
        }
        return data.withUnsafeBytes { bytes in
            (0..<dimension).map { row in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: row * 4, as: UInt32.self)))
            }
        }
    }

    static func removeAll(in db: Database) throws { try db.execute(sql: "DELETE FROM retired_vectors") }
}
