import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

extension VectorTable {
    /// A stored block, after all checks.
    struct StoredBlock {
        let number: Int64
        let block: VectorBlock
        let checksum: Int64
        /// The number of ids in a block.
        let width: Int

        /// The ids of the block's vectors, ascending.
        var ids: [Int64] { block.slots.map { number * Int64(width) + Int64($0) } }

        /// The vectors with their ids, ascending.
        func forEachVector(dimension: Int, _ body: (Int64, UnsafePointer<Float>) throws -> Void) rethrows {
            var vector = [Float](repeating: 0, count: dimension)
            let size = dimension * MemoryLayout<Float>.size
            try vector.withUnsafeMutableBufferPointer { vector in
                guard let start = vector.baseAddress else { return }
                for (row, id) in ids.enumerated() {
                    _ = block.rows.dropFirst(row * size).prefix(size).copyBytes(to: vector)
                    vector.convertLittleEndian()
                    try body(id, start)
                }
            }
        }
    }

    /// The columns that ``withBlock(_:of:_:)`` reads.
    static let blockColumns = "block, present, rows, checksum"

    /// Reads a block in place.
    ///
    /// - `row`: ``blockColumns`` of `vectors`.
    /// - Throws: ``VectorError/damaged(place:reason:)`` with the chunk if a vector is not a number.
    static func withBlock<Value>(
        _ row: Row, of generation: Generation, _ body: (StoredBlock) throws -> Value
    ) throws -> Value {
        let stored = StoredRow(row, of: "vectors")
        let number = try stored.integer(0)
        let present = UInt64(bitPattern: try stored.integer(1))
        let checksum = try stored.integer(3)
        let width = generation.width
        func damaged(_ reason: String) -> VectorError {
            .damaged(place: "generation \(generation.id), block \(number)", reason: reason)
        }
        guard isValid(number, width: width) else { throw damaged("the block number is out of range") }
        return try row.withUnsafeData(atIndex: 2) { data in
            let block = VectorBlock(present: present, rows: data ?? Data())
            let byteCount = block.rows.count
            if let damage = block.damage(dimension: generation.dimension, width: width, byteCount: byteCount) {
                throw damaged(damage)
            }
            let found = StoredBlock(number: number, block: block, checksum: checksum, width: width)
            if block.checksum(generation: generation.id, block: number) != checksum {
                let ids = found.ids
                if let row = block.firstInvalidRow(dimension: generation.dimension) {
                    throw VectorError.damaged(
                        place: "chunk \(ids[row])", reason: "a value of its vector is infinite or not a number")
                }
                throw damaged("the vectors of chunks \(ids[0]) to \(ids[ids.count - 1]) do not match their checksum")
            }
            return try body(found)
        }
    }

    /// Whether all ids of a block fit 63 bits.
    static func isValid(_ number: Int64, width: Int) -> Bool {
        number >= 0 && number <= Int64.max / Int64(width) - 1
    }
}
