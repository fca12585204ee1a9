package import GRDB
package import QuarryCore
import QuarrySQLite

extension VectorTable {
    /// The chunks of a range of ids with a vector in a generation.
    ///
    /// - Complexity: O(range), without reading vectors.
    package static func ids(
        generation id: Int64, among range: ClosedRange<Int64>, in db: Database
    ) throws -> Set<ChunkID> {
        let generation = try generation(id, in: db)
        let width = Int64(generation.width)
        let statement = try db.cachedStatement(
            sql: "SELECT \(presenceColumns) FROM vectors WHERE generation = ? AND block BETWEEN ? AND ?")
        let rows = try Row.fetchCursor(
            statement, arguments: [id, range.lowerBound / width, range.upperBound / width])
        var ids: Set<ChunkID> = []
        while let row = try rows.next() {
            for chunk in try present(row, of: generation) where range.contains(chunk.rawValue) { ids.insert(chunk) }
        }
        return ids
    }

    /// The chunks with a vector in a generation, ascending.
    ///
    /// - Complexity: O(chunks), without reading vectors.
    package static func ids(generation id: Int64, in db: Database) throws -> [ChunkID] {
        let generation = try generation(id, in: db)
        var ids: [ChunkID] = []
        let statement = try db.cachedStatement(
            sql: "SELECT \(presenceColumns) FROM vectors WHERE generation = ? ORDER BY block")
        let rows = try Row.fetchCursor(statement, arguments: [id])
        while let row = try rows.next() { ids += try present(row, of: generation) }
        return ids
    }

    private static let presenceColumns = "block, present, length(rows)"

    /// The chunks of a block, ascending. Its size is checked, before memory is taken for its vectors.
    ///
    /// - `row`: ``presenceColumns`` of `vectors`.
    private static func present(_ row: Row, of generation: Generation) throws -> [ChunkID] {
        let row = StoredRow(row, of: "vectors")
        let (number, width) = (try row.integer(0), generation.width)
        let block = VectorBlock(present: UInt64(bitPattern: try row.integer(1)))
        let damage = block.damage(dimension: generation.dimension, width: width, byteCount: try row.count(2))
        if let damage = isValid(number, width: width) ? damage : "the block number is out of range" {
            throw VectorError.damaged(place: "generation \(generation.id), block \(number)", reason: damage)
        }
        return block.slots.map { ChunkID(number * Int64(width) + Int64($0)) }
    }
}
