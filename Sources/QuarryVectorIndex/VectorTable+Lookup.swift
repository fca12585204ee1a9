import Foundation
package import GRDB
package import QuarryCore

extension VectorTable {
    /// The stored vector of one chunk; nil if it has none.
    ///
    /// - Complexity: Reads one block.
    package static func vector(of chunk: ChunkID, generation id: Int64, in db: Database) throws -> [Float]? {
        guard chunk.rawValue >= 0 else { return nil }
        let generation = try generation(id, in: db)
        let width = generation.width
        let number = chunk.rawValue / Int64(width)
        let statement = try db.cachedStatement(
            sql: "SELECT \(blockColumns) FROM vectors WHERE generation = ? AND block = ?")
        let rows = try Row.fetchCursor(statement, arguments: [id, number])
        guard let row = try rows.next() else { return nil }
        return try withBlock(row, of: generation) { stored in
            let block = stored.block
            let bit: UInt64 = 1 << UInt64(chunk.rawValue % Int64(width))
            guard block.present & bit != 0 else { return nil }
            let position = (block.present & (bit - 1)).nonzeroBitCount
            let size = generation.dimension * MemoryLayout<Float>.size
            var vector = [Float](repeating: 0, count: generation.dimension)
            vector.withUnsafeMutableBufferPointer { target in
                _ = block.rows.dropFirst(position * size).prefix(size).copyBytes(to: target)
                target.convertLittleEndian()
            }
            return vector
        }
    }
}
