import Foundation
import GRDB
import QuarryCore

/// Vectors that were made, and perhaps paid for, before the documents they belong to could be committed.
///
/// A run that is cut off leaves them behind; the next one takes them up, and clears them when it is done.
enum PendingVectors {
    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS pending_vectors(
                    sha256 BLOB NOT NULL,           -- of the text that was embedded
                    generation INTEGER NOT NULL,
                    vector BLOB NOT NULL,           -- float32, little-endian
                    PRIMARY KEY (sha256, generation)
                ) WITHOUT ROWID
                """)
    }

    /// - Parameter digests: One for each row of `vectors`.
    static func insert(
        _ vectors: EmbeddingBatch, of digests: [ContentHash], generation: Int64, in db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO pending_vectors(sha256, generation, vector) VALUES (?, ?, ?)")
        for (row, digest) in digests.enumerated() {
            let bytes = vectors[row].map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
            try statement.execute(arguments: [digest.data, generation, bytes])
        }
    }

    static func vector(
        of digest: ContentHash, generation: Int64, dimension: Int, in db: Database
    ) throws -> [Float]? {
        let statement = try db.cachedStatement(
            sql: "SELECT vector FROM pending_vectors WHERE sha256 = ? AND generation = ?")
        guard let data = try Data.fetchOne(statement, arguments: [digest.data, generation]),
            data.count == dimension * 4
        else { return nil }
        return data.withUnsafeBytes { bytes in
            (0..<dimension).map { row in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: row * 4, as: UInt32.self)))
            }
        }
    }

    static func exist(in db: Database) throws -> Bool { try db.tableExists("pending_vectors") }

    /// Whether there is one.
    static func areKept(in db: Database) throws -> Bool {
        try exist(in: db) && Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM pending_vectors)") == true
    }

    static func clear(in db: Database) throws { try db.execute(sql: "DELETE FROM pending_vectors") }
}
