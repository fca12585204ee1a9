package import GRDB
package import QuarryCore

extension VectorTable {
    /// The chunks of a range of ids with a vector in a generation.
    ///
    /// - Complexity: O(range), without reading vectors.
    package static func ids(
        generation id: Int64, among range: ClosedRange<Int64>, in db: Database
    ) throws -> Set<ChunkID> {
        let width = Int64(VectorBlock.width(dimension: try generation(id, in: db).dimension))
        let statement = try db.cachedStatement(
            sql: "SELECT block, present FROM vectors WHERE generation = ? AND block BETWEEN ? AND ?")
        let rows = try Row.fetchCursor(
            statement, arguments: [id, range.lowerBound / width, range.upperBound / width])
        var ids: Set<ChunkID> = []
        while let row = try rows.next() {
            let number: Int64 = row[0]
            var rest = UInt64(bitPattern: row[1] as Int64)
            while rest != 0 {
                let chunk = number * width + Int64(rest.trailingZeroBitCount)
                if range.contains(chunk) { ids.insert(ChunkID(chunk)) }
                rest &= rest - 1
            }
        }
        return ids
    }
}
