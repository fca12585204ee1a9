import Foundation
package import GRDB
package import QuarryCore
import QuarrySQLite

/// Vectors as tables of an SQLite file. Every call runs in the transaction of the given `Database`.
///
/// Vectors belong to a *generation*: all vectors of one embedding model. A new model fills its own generation beside
/// the active one. The owner of the file decides which generation is active.
///
/// - `vector_generations`: number, dimension, a revision that every change increments, and the sum of the checksums of
///   its blocks, so that a missing block is noticed.
/// - `vectors`: for each generation, blocks of vectors (``VectorBlock``), each with its checksum.
package enum VectorTable {
    /// Creates the tables of the first format, which must not exist. ``upgrade(in:)`` brings them to the present one.
    package static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE vector_generations (
                    id INTEGER PRIMARY KEY, dimension INTEGER NOT NULL, revision INTEGER NOT NULL,
                    checksum INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE vectors (
                    generation INTEGER NOT NULL REFERENCES vector_generations (id), block INTEGER NOT NULL,
                    present INTEGER NOT NULL, rows BLOB NOT NULL, checksum INTEGER NOT NULL,
                    PRIMARY KEY (generation, block)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    package static func exists(in db: Database) throws -> Bool { try db.tableExists("vector_generations") }

    /// The description of a generation, readable without its vectors.
    package struct Generation: Sendable, Hashable {
        package var id: Int64
        package var dimension: Int
        /// Incremented by every change. With an equal revision, a loaded ``VectorMatrix`` is up to date.
        package var revision: Int64
        /// The number of ids in a block of vectors.
        var width: Int
    }

    /// All generations, by number.
    package static func generations(in db: Database) throws -> [Generation] {
        try Row.fetchAll(db, sql: "SELECT id, dimension, revision FROM vector_generations ORDER BY id")
            .map { try generation($0, in: db) }
    }

    /// - Throws: ``VectorError/noGeneration(_:)``.
    package static func generation(_ id: Int64, in db: Database) throws -> Generation {
        let statement = try db.cachedStatement(
            sql: "SELECT id, dimension, revision FROM vector_generations WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { throw VectorError.noGeneration(id) }
        return try generation(row, in: db)
    }

    private static func generation(_ row: Row, in db: Database) throws -> Generation {
        let row = StoredRow(row, of: "vector_generations")
        let (id, dimension) = (try row.integer(0), try row.integer(1))
        guard (1...Int64(maximumDimension)).contains(dimension) else {
            throw VectorError.damaged(place: "generation \(id)", reason: "\(dimension) is not a valid dimension")
        }
        let width = try isUpgraded(in: db) ? VectorBlock.width : VectorBlock.earlierWidth
        return Generation(
            id: id, dimension: Int(dimension), revision: try row.integer(2), width: width(Int(dimension)))
    }

    /// Longer vectors are rejected: no model makes them, and a damaged file must not exhaust the memory.
    package static let maximumDimension = 1 << 20

    /// Creates an empty generation.
    ///
    /// - Throws: ``VectorError/generationExists(_:)``, or ``VectorError/wrongDimension(what:actual:expected:)``.
    package static func createGeneration(_ id: Int64, dimension: Int, in db: Database) throws {
        guard (1...maximumDimension).contains(dimension) else {
            throw VectorError.wrongDimension(what: "generation \(id)", actual: dimension, expected: maximumDimension)
        }
        if try generations(in: db).contains(where: { $0.id == id }) { throw VectorError.generationExists(id) }
        try db.execute(sql: "INSERT INTO vector_generations VALUES (?, ?, 0, 0)", arguments: [id, dimension])
    }

    /// Removes a generation and all its vectors. Unknown generations are ignored.
    package static func removeGeneration(_ id: Int64, in db: Database) throws {
        try removeCodes(generation: id, in: db)
        try db.execute(sql: "DELETE FROM vectors WHERE generation = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM vector_generations WHERE id = ?", arguments: [id])
    }

    /// The size of the vectors of a generation and of their codes.
    ///
    /// - Complexity: O(blocks), without reading vectors.
    package static func byteCount(generation id: Int64, in db: Database) throws -> Int {
        var sums = ["SELECT sum(length(rows)) AS bytes FROM vectors WHERE generation = ?1"]
        if try isUpgraded(in: db) {
            sums.append("SELECT sum(length(groups) + length(present)) FROM vector_codes WHERE generation = ?1")
        }
        let sql = "SELECT sum(bytes) FROM (\(sums.joined(separator: " UNION ALL ")))"
        return try Int.fetchOne(db, sql: sql, arguments: [id]) ?? 0
    }

    /// Adds vectors, normalised to length 1, and replaces those with the same id. For duplicate ids, the last one
    /// counts.
    ///
    /// - Throws: ``VectorError`` with the first chunk whose vector is zero or not finite.
    package static func upsert(
        _ vectors: EmbeddingBatch, ids: [ChunkID], generation id: Int64, in db: Database
    ) throws {
        let generation = try generation(id, in: db)
        guard vectors.count == ids.count else {
            throw VectorError.countsDiffer(vectors: vectors.count, ids: ids.count)
        }
        guard vectors.dimension == generation.dimension else {
            throw VectorError.wrongDimension(
                what: "a vector to be stored", actual: vectors.dimension, expected: generation.dimension)
        }
        var changes: [Int64: [Float]?] = [:]
        for (index, id) in ids.enumerated() {
            guard id.rawValue >= 0 else { throw VectorError.invalidChunk(id.rawValue) }
            changes[id.rawValue] = .some(try UnitVector.make(vectors[index], of: "chunk \(id.rawValue)"))
        }
        try apply(changes, to: generation, in: db)
    }

    /// Removes the vectors of chunks from all generations. Unknown ids are ignored.
    package static func remove(_ ids: [ChunkID], in db: Database) throws {
        let changes: [Int64: [Float]?] = Dictionary(
            ids.lazy.filter { $0.rawValue >= 0 }.map { ($0.rawValue, nil) }, uniquingKeysWith: { first, _ in first })
        for generation in try generations(in: db) { try apply(changes, to: generation, in: db) }
    }

    static func apply(_ changes: [Int64: [Float]?], to generation: Generation, in db: Database) throws {
        let width = generation.width
        var blocks: [Int64: [Int: [Float]?]] = [:]
        for (id, change) in changes {
            blocks[id / Int64(width), default: [:]].updateValue(change, forKey: Int(id % Int64(width)))
        }
        let read = try db.cachedStatement(
            sql: "SELECT \(blockColumns) FROM vectors WHERE generation = ? AND block = ?")
        let write = try db.cachedStatement(
            sql: """
                INSERT INTO vectors (generation, block, present, rows, checksum) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (generation, block) DO UPDATE SET
                    present = excluded.present, rows = excluded.rows, checksum = excluded.checksum
                """)
        let delete = try db.cachedStatement(sql: "DELETE FROM vectors WHERE generation = ? AND block = ?")
        var hasChanged = false
        /// How the sum of the blocks' checksums changes.
        var difference: Int64 = 0
        for (number, changes) in blocks.sorted(by: { $0.key < $1.key }) {
            // A copy of the row, so that its bytes stay.
            let row = try Row.fetchOne(read, arguments: [generation.id, number])
            let old = try row.map { try withBlock($0, of: generation) { ($0.block, $0.checksum) } }
            let new = (old?.0 ?? VectorBlock()).applying(changes, dimension: generation.dimension, width: width)
            if new.present == old?.0.present ?? 0 && new.rows == old?.0.rows ?? Data() { continue }
            hasChanged = true
            difference &-= old?.1 ?? 0
            if new.present == 0 {
                try delete.execute(arguments: [generation.id, number])
            } else {
                let checksum = new.checksum(generation: generation.id, block: number)
                difference &+= checksum
                try write.execute(arguments: [
                    generation.id, number, Int64(bitPattern: new.present), new.rows, checksum,
                ])
            }
        }
        guard hasChanged else { return }
        let sum = try checksum(of: generation, in: db)
        try db.cachedStatement(sql: "UPDATE vector_generations SET revision = revision + 1, checksum = ? WHERE id = ?")
            .execute(arguments: [sum &+ difference, generation.id])
        try updateCodes(changes, of: self.generation(generation.id, in: db), in: db)
    }

    /// The stored sum of the checksums of a generation's blocks.
    static func checksum(of generation: Generation, in db: Database) throws -> Int64 {
        let statement = try db.cachedStatement(sql: "SELECT id, checksum FROM vector_generations WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [generation.id]) else {
            throw VectorError.noGeneration(generation.id)
        }
        return try StoredRow(row, of: "vector_generations").integer(1)
    }
}
