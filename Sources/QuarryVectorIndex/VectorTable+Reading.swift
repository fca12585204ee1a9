import Foundation
package import GRDB
import QuarryCore

extension VectorTable {
    /// All vectors of a generation, in memory.
    ///
    /// - Throws: ``VectorError`` if the generation does not exist or a stored block is damaged.
    package static func matrix(generation id: Int64, in db: Database) throws -> VectorMatrix {
        let generation = try generation(id, in: db)
        return try VectorMatrix(ids: ids(generation: id, in: db), dimension: generation.dimension) { values in
            let target = UnsafeMutableRawBufferPointer(values)
            var offset = 0
            try forEachBlock(of: generation, in: db) { stored in
                let end = offset + stored.block.rows.count
                guard end <= target.count else {
                    throw VectorError.damaged(
                        place: "generation \(id), block \(stored.number)", reason: "it is too long")
                }
                stored.block.rows.withUnsafeBytes {
                    UnsafeMutableRawBufferPointer(rebasing: target[offset..<end]).copyMemory(from: $0)
                }
                offset = end
                return true
            }
            values.convertLittleEndian()
        }
    }

    /// The blocks of a generation, in ascending order, until `body` returns false. Each is valid only within `body`.
    static func forEachBlock(
        of generation: Generation, in db: Database, _ body: (StoredBlock) throws -> Bool
    ) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT \(blockColumns) FROM vectors WHERE generation = ? ORDER BY block")
        let rows = try Row.fetchCursor(statement, arguments: [generation.id])
        while let row = try rows.next(), try withBlock(row, of: generation, body) {}
    }

    /// All problems of the stored vectors, in plain words; empty if there are none.
    ///
    /// - Complexity: O(size of all vectors).
    package static func verify(in db: Database) throws -> [String] {
        var problems: [String] = []
        let strays = try Int64.fetchAll(
            db, sql: "SELECT DISTINCT generation FROM vectors EXCEPT SELECT id FROM vector_generations")
        for stray in strays { problems.append("There are vectors of a generation \(stray) that does not exist.") }
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM vector_generations ORDER BY id") {
            do {
                let generation = try generation(id, in: db)
                let damage = try verify(generation, in: db)
                problems += try damage.isEmpty ? codeProblems(of: generation, in: db) : damage
            } catch let error as VectorError {
                problems.append(error.description)
            }
        }
        return problems
    }

    private static func verify(_ generation: Generation, in db: Database) throws -> [String] {
        var problems: [String] = []
        var sum: Int64 = 0
        let numbers = try Int64.fetchAll(
            db, sql: "SELECT block FROM vectors WHERE generation = ? ORDER BY block", arguments: [generation.id])
        let statement = try db.cachedStatement(
            sql: "SELECT \(blockColumns) FROM vectors WHERE generation = ? AND block = ?")
        for number in numbers {
            guard let row = try Row.fetchOne(statement, arguments: [generation.id, number]) else { continue }
            do {
                try withBlock(row, of: generation) { stored in
                    sum &+= stored.checksum
                    for (row, id) in stored.ids.enumerated() {
                        let length = stored.block.length(ofRow: row, dimension: generation.dimension)
                        if !(abs(length - 1) < 1e-3) {
                            problems.append(
                                "The vector of chunk \(id) in generation \(generation.id) has length \(length).")
                        }
                    }
                }
            } catch let error as VectorError {
                problems.append(error.description)
            }
        }
        if problems.isEmpty, try checksum(of: generation, in: db) != sum {
            problems.append(
                "vector_generations, row \(generation.id): blocks of vectors are missing, or were put in by another program"
            )
        }
        return problems
    }
}
