import Foundation
package import GRDB
package import QuarryCore

extension VectorTable {
    /// The chunks with a vector in a generation, ascending.
    package static func ids(generation id: Int64, in db: Database) throws -> [ChunkID] {
        let generation = try generation(id, in: db)
        let width = VectorBlock.width(dimension: generation.dimension)
        var ids: [ChunkID] = []
        let statement = try db.cachedStatement(
            sql: "SELECT block, present FROM vectors WHERE generation = ? ORDER BY block")
        let rows = try Row.fetchCursor(statement, arguments: [id])
        while let row = try rows.next() {
            let (number, present): (Int64, Int64) = (row[0], row[1])
            guard number >= 0, number <= Int64.max / Int64(width) - 1 else {
                throw VectorError.damaged(
                    place: "generation \(id), block \(number)", reason: "the block number is out of range")
            }
            var rest = UInt64(bitPattern: present)
            while rest != 0 {
                ids.append(ChunkID(number * Int64(width) + Int64(rest.trailingZeroBitCount)))
                rest &= rest - 1
            }
        }
        return ids
    }

    /// All vectors of a generation, in memory.
    ///
    /// - Throws: ``VectorError`` if the generation does not exist or a stored block is damaged.
    package static func matrix(generation id: Int64, in db: Database) throws -> VectorMatrix {
        let generation = try generation(id, in: db)
        let width = VectorBlock.width(dimension: generation.dimension)
        return try VectorMatrix(ids: ids(generation: id, in: db), dimension: generation.dimension) { values in
            let target = UnsafeMutableRawBufferPointer(values)
            let statement = try db.cachedStatement(
                sql: "SELECT block, present, rows FROM vectors WHERE generation = ? ORDER BY block")
            let rows = try Row.fetchCursor(statement, arguments: [id])
            var offset = 0
            while let row = try rows.next() {
                let (number, present): (Int64, Int64) = (row[0], row[1])
                try row.withUnsafeData(atIndex: 2) { data in
                    let block = VectorBlock(present: UInt64(bitPattern: present), rows: data ?? Data())
                    let end = offset + block.rows.count
                    let damage = block.damage(dimension: generation.dimension, width: width)
                    if let damage = damage ?? (end > target.count ? "it is too long" : nil) {
                        throw VectorError.damaged(place: "generation \(id), block \(number)", reason: damage)
                    }
                    block.rows.withUnsafeBytes {
                        UnsafeMutableRawBufferPointer(rebasing: target[offset..<end]).copyMemory(from: $0)
                    }
                    offset = end
                }
            }
            values.convertLittleEndian()
        }
    }

    /// All problems of the stored vectors, in plain words; empty if there are none.
    ///
    /// - Complexity: O(size of all vectors).
    package static func verify(in db: Database) throws -> [String] {
        var problems: [String] = []
        let strays = try Int64.fetchAll(
            db, sql: "SELECT DISTINCT generation FROM vectors EXCEPT SELECT id FROM vector_generations")
        for stray in strays { problems.append("There are vectors of a generation \(stray) that does not exist.") }
        do {
            for generation in try generations(in: db) {
                let matrix = try matrix(generation: generation.id, in: db)
                for id in matrix.ids {
                    guard let vector = matrix.vector(of: id) else { continue }
                    let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                    if !(abs(length - 1) < 1e-3) {
                        problems.append(
                            "The vector of chunk \(id.rawValue) in generation \(generation.id) has length \(length).")
                    }
                }
            }
        } catch let error as VectorError {
            problems.append(error.description)
        }
        return problems
    }
}
