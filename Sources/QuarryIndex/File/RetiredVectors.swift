import Foundation
import GRDB
import QuarryCore
import QuarryVectorIndex

/// The vectors of texts, whichever chunk has them.
enum StoredVectors {
    /// The vector of a text: that of a chunk with the same text, or of one that was replaced in this run.
    ///
    /// All chunks with the same text have a vector, or none has: the first stands for all.
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

/// Vectors of texts whose documents were replaced in this run. A later document may hold the text again, under another
/// name or in another place: it is then not embedded twice.
///
/// The table is emptied when everything is read. After a run that was killed, the next run goes on with it.
enum RetiredVectors {
    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE retired_vectors(
                    sha256 BLOB NOT NULL,           -- of the text that was embedded
                    generation INTEGER NOT NULL,
                    vector BLOB NOT NULL,           -- float32, little-endian
                    PRIMARY KEY (sha256, generation)
                ) WITHOUT ROWID
                """)
    }

    static func insert(_ vector: [Float], of text: ContentHash, generation: Int64, in db: Database) throws {
        let bytes = vector.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO retired_vectors(sha256, generation, vector) VALUES (?, ?, ?)"
        ).execute(arguments: [text.data, generation, bytes])
    }

    static func vector(of text: ContentHash, generation: Int64, in db: Database) throws -> [Float]? {
        let statement = try db.cachedStatement(
            sql: "SELECT vector FROM retired_vectors WHERE sha256 = ? AND generation = ?")
        guard let data = try Data.fetchOne(statement, arguments: [text.data, generation]) else { return nil }
        let dimension = try VectorTable.generation(generation, in: db).dimension
        guard data.count == dimension * 4 else {
            throw CorpusError(.damaged, "A retired vector has \(data.count) bytes instead of \(dimension * 4).")
        }
        return data.withUnsafeBytes { bytes in
            (0..<dimension).map { row in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: row * 4, as: UInt32.self)))
            }
        }
    }

    static func removeAll(in db: Database) throws { try db.execute(sql: "DELETE FROM retired_vectors") }
}
