package import GRDB
import QuarryCore
import QuarrySQLite

extension VectorTable {
    /// Removes damaged blocks of vectors, and makes the sums and the codes again.
    ///
    /// Vectors cannot be made of other rows. The chunks of a removed block, up to 64, are without a vector afterwards.
    /// - Parameter dimensions: The length of the vectors of generations that must exist. A missing or wrong row of a
    ///   generation is written again, and keeps the blocks of that length.
    /// - Returns: What was done, in plain words; empty if all was intact.
    /// - Complexity: O(size of all vectors).
    package static func repair(in db: Database, dimensions: [Int64: Int]) throws -> [String] {
        var done: [String] = []
        for (id, dimension) in dimensions.sorted(by: { $0.key < $1.key }) {
            let stored = try Int.fetchOne(
                db, sql: "SELECT dimension FROM vector_generations WHERE id = ?", arguments: [id])
            guard stored != dimension else { continue }
            // Blocks of another length are damaged, and removed below.
            try db.execute(
                sql: """
                    INSERT INTO vector_generations (id, dimension, revision, checksum) VALUES (?, ?, 0, 0)
                    ON CONFLICT (id) DO UPDATE SET dimension = excluded.dimension
                    """, arguments: [id, dimension])
            done.append("vector_generations, row \(id): the dimension is that of the model again")
        }
        let invalid = "generation NOT IN (SELECT id FROM vector_generations)"
        for table in ["vector_codes", "vector_coders", "vectors"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE \(invalid)")
            let count = db.changesCount
            if count > 0 { done.append("\(table): \(count) rows of generations that do not exist were removed") }
        }
        for generation in try generations(in: db) { done += try repair(generation, in: db) }
        return done
    }

    private static func repair(_ generation: Generation, in db: Database) throws -> [String] {
        var done: [String] = []
        var sum: Int64 = 0
        let numbers = try Int64.fetchAll(
            db, sql: "SELECT block FROM vectors WHERE generation = ? ORDER BY block", arguments: [generation.id])
        let read = try db.cachedStatement(
            sql: "SELECT \(blockColumns) FROM vectors WHERE generation = ? AND block = ?")
        let delete = try db.cachedStatement(sql: "DELETE FROM vectors WHERE generation = ? AND block = ?")
        var removed = 0
        for number in numbers {
            let row = try Row.fetchOne(read, arguments: [generation.id, number])
            let sound = try row.flatMap { row in
                try ifSound { try withBlock(row, of: generation) { checksum(ofSound: $0, generation) } } ?? nil
            }
            if let sound {
                sum &+= sound
            } else {
                try delete.execute(arguments: [generation.id, number])
                removed += 1
            }
        }
        if removed > 0 {
            done.append("vectors: \(removed) damaged \(removed == 1 ? "block" : "blocks") of up to 64 vectors removed")
        }
        let hasOtherSum = try ifSound { try self.checksum(of: generation, in: db) } != sum
        if hasOtherSum || removed > 0 {
            if removed == 0 {
                done.append("vector_generations, row \(generation.id): the sum of its blocks was made again")
            }
            try db.execute(
                sql: "UPDATE vector_generations SET revision = revision + 1, checksum = ? WHERE id = ?",
                arguments: [sum, generation.id])
        }
        let repaired = try self.generation(generation.id, in: db)
        let problems: [String]
        do {
            problems = try codeProblems(of: repaired, in: db)
        } catch let error as VectorError {
            problems = [error.description]
        }
        guard !problems.isEmpty else { return done }
        let isCoded = try ids(generation: generation.id, in: db).count >= codedCount
        try isCoded ? makeCodes(of: repaired, in: db) : removeCodes(generation: generation.id, in: db)
        return done + ["vector_codes: the codes of generation \(generation.id) were made again"]
    }

    /// The value that is read; nil if a stored vector or value is damaged.
    private static func ifSound<Value>(_ read: () throws -> Value) throws -> Value? {
        do {
            return try ifIntact(read)
        } catch VectorError.damaged {
            return nil
        }
    }

    /// The checksum of a block whose vectors have length 1; nil for another one.
    private static func checksum(ofSound stored: StoredBlock, _ generation: Generation) -> Int64? {
        let isSound = stored.ids.indices.allSatisfy {
            abs(stored.block.length(ofRow: $0, dimension: generation.dimension) - 1) < 1e-3
        }
        return isSound ? stored.checksum : nil
    }
}
