import Foundation
package import GRDB
package import QuarryCore

/// Vectors as tables of an SQLite file. Every call runs in the transaction of the given `Database`.
///
/// Vectors belong to a *generation*: all vectors of one embedding model. A new model fills its own generation beside
/// the active one. The owner of the file decides which generation is active.
///
/// - `vector_generations`: number, dimension, and a revision that every change increments.
/// - `vectors`: for each generation, blocks of vectors (``VectorBlock``).
package enum VectorTable {
    /// Creates the tables, which must not exist.
    package static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE vector_generations (
                    id INTEGER PRIMARY KEY, dimension INTEGER NOT NULL, revision INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE vectors (
                    generation INTEGER NOT NULL REFERENCES vector_generations (id), block INTEGER NOT NULL,
                    present INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (generation, block)
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
    }

    /// All generations, by number.
    package static func generations(in db: Database) throws -> [Generation] {
        try Row.fetchAll(db, sql: "SELECT id, dimension, revision FROM vector_generations ORDER BY id")
            .map(generation)
    }

    /// - Throws: ``VectorError/noGeneration(_:)``.
    package static func generation(_ id: Int64, in db: Database) throws -> Generation {
        let statement = try db.cachedStatement(
            sql: "SELECT id, dimension, revision FROM vector_generations WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { throw VectorError.noGeneration(id) }
        return try generation(row)
    }

    private static func generation(_ row: Row) throws -> Generation {
        let generation = Generation(id: row[0], dimension: row[1], revision: row[2])
        guard (1...maximumDimension).contains(generation.dimension) else {
            throw VectorError.damaged(
                place: "generation \(generation.id)", reason: "\(generation.dimension) is not a valid dimension")
        }
        return generation
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
        try db.execute(sql: "INSERT INTO vector_generations VALUES (?, ?, 0)", arguments: [id, dimension])
    }

    /// Removes a generation and all its vectors. Unknown generations are ignored.
    package static func removeGeneration(_ id: Int64, in db: Database) throws {
        try db.execute(sql: "DELETE FROM vectors WHERE generation = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM vector_generations WHERE id = ?", arguments: [id])
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

    private static func apply(_ changes: [Int64: [Float]?], to generation: Generation, in db: Database) throws {
        let width = VectorBlock.width(dimension: generation.dimension)
        var blocks: [Int64: [Int: [Float]?]] = [:]
        for (id, change) in changes {
            blocks[id / Int64(width), default: [:]].updateValue(change, forKey: Int(id % Int64(width)))
        }
        let read = try db.cachedStatement(sql: "SELECT present, rows FROM vectors WHERE generation = ? AND block = ?")
        let write = try db.cachedStatement(sql: "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)")
        let delete = try db.cachedStatement(sql: "DELETE FROM vectors WHERE generation = ? AND block = ?")
        var hasChanged = false
        for (number, changes) in blocks.sorted(by: { $0.key < $1.key }) {
            var old = VectorBlock()
            if let row = try Row.fetchOne(read, arguments: [generation.id, number]) {
                old = VectorBlock(present: UInt64(bitPattern: row[0]), rows: row[1])
                if let damage = old.damage(dimension: generation.dimension, width: width) {
                    throw VectorError.damaged(place: "generation \(generation.id), block \(number)", reason: damage)
                }
            }
            let new = old.applying(changes, dimension: generation.dimension, width: width)
            if new.present == old.present && new.rows == old.rows { continue }
            hasChanged = true
            if new.present == 0 {
                try delete.execute(arguments: [generation.id, number])
            } else {
                try write.execute(arguments: [generation.id, number, Int64(bitPattern: new.present), new.rows])
            }
        }
        if hasChanged {
            try db.cachedStatement(sql: "UPDATE vector_generations SET revision = revision + 1 WHERE id = ?")
                .execute(arguments: [generation.id])
        }
    }
}
