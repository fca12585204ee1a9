package import GRDB
import QuarrySQLite

extension VectorTable {
    /// Whether the tables are of the present format.
    package static func isUpgraded(in db: Database) throws -> Bool { try db.tableExists("vector_coders") }

    /// Brings the tables of the first format to the present one, and makes codes.
    ///
    /// - `vectors` gets row ids and smaller blocks: to find a row of a table without ids, SQLite reads whole blocks.
    /// - `vector_coders` and `vector_codes` are new.
    /// - Complexity: O(size of all vectors).
    package static func upgrade(in db: Database) throws {
        let earlier = try generations(in: db)
        try db.execute(
            sql: """
                ALTER TABLE vectors RENAME TO earlier_vectors;
                CREATE TABLE vectors (
                    id INTEGER PRIMARY KEY,
                    generation INTEGER NOT NULL REFERENCES vector_generations (id), block INTEGER NOT NULL,
                    present INTEGER NOT NULL, rows BLOB NOT NULL, checksum INTEGER NOT NULL
                ) STRICT;
                CREATE UNIQUE INDEX vectors_by_block ON vectors (generation, block);
                CREATE TABLE vector_coders (
                    generation INTEGER PRIMARY KEY REFERENCES vector_generations (id), seed INTEGER NOT NULL,
                    center BLOB NOT NULL, basis INTEGER NOT NULL, revision INTEGER NOT NULL, count INTEGER NOT NULL,
                    sum INTEGER NOT NULL, checksum INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE vector_codes (
                    id INTEGER PRIMARY KEY,
                    generation INTEGER NOT NULL REFERENCES vector_coders (generation), block INTEGER NOT NULL,
                    checksum INTEGER NOT NULL, present BLOB NOT NULL, groups BLOB NOT NULL
                ) STRICT;
                CREATE UNIQUE INDEX vector_codes_by_block ON vector_codes (generation, block);
                """)
        for generation in earlier { try moveVectors(of: generation, in: db) }
        try db.execute(sql: "DROP TABLE earlier_vectors")
    }

    private static func moveVectors(of earlier: Generation, in db: Database) throws {
        let rows = """
            earlier_vectors WHERE generation = ? AND block IN (
                SELECT block FROM earlier_vectors WHERE generation = ? ORDER BY block LIMIT 256)
            """
        let expected = try checksum(of: earlier, in: db)
        try db.execute(sql: "UPDATE vector_generations SET checksum = 0 WHERE id = ?", arguments: [earlier.id])
        var sum: Int64 = 0
        // Little by little, so that the new blocks take the pages of the old ones.
        while true {
            var changes: [Int64: [Float]?] = [:]
            let cursor = try Row.fetchCursor(
                db, sql: "SELECT \(blockColumns) FROM \(rows)", arguments: [earlier.id, earlier.id])
            while let row = try cursor.next() {
                try withBlock(row, of: earlier) { stored in
                    sum &+= stored.checksum
                    stored.forEachVector(dimension: earlier.dimension) { id, vector in
                        let values = UnsafeBufferPointer(start: vector, count: earlier.dimension)
                        changes[id] = .some(Array(values))
                    }
                }
            }
            if changes.isEmpty { break }
            try db.execute(sql: "DELETE FROM \(rows)", arguments: [earlier.id, earlier.id])
            try apply(changes, to: generation(earlier.id, in: db), in: db)
        }
        guard sum == expected else {
            throw VectorError.damaged(
                place: "generation \(earlier.id)", reason: "blocks are missing, or were put in by another program")
        }
    }
}
