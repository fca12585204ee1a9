import Foundation
import GRDB
import QuarryCore
import Synchronization

/// Scores single vectors of a generation, read from the file where they are not in memory.
struct StoredRows {
    private let generation: VectorTable.Generation
    private let statement: Statement
    private let hot: HotRows
    private let width: Int64

    init(_ generation: VectorTable.Generation, hot: HotRows, in db: Database) throws {
        self.generation = generation
        self.hot = hot
        width = Int64(generation.width)
        statement = try db.cachedStatement(
            sql: "SELECT \(VectorTable.blockColumns) FROM vectors WHERE generation = ? AND block = ?")
    }

    /// The inner product of a chunk's vector with a query.
    ///
    /// - Throws: ``VectorError/damaged(place:reason:)`` if the chunk has no vector.
    func cosine(of chunk: ChunkID, with query: UnsafePointer<Float>) throws -> Double {
        if let cosine = hot.cosine(of: chunk, with: query) { return cosine }
        let rows = try Row.fetchCursor(statement, arguments: [generation.id, chunk.rawValue / width])
        let cosine = try rows.next().flatMap { row in
            try VectorTable.withBlock(row, of: generation) { stored -> Double? in
                let bit: UInt64 = 1 << UInt64(chunk.rawValue % width)
                guard stored.block.present & bit != 0 else { return nil }
                let position = (stored.block.present & (bit - 1)).nonzeroBitCount
                return stored.block.rows.withUnsafeBytes {
                    hot.insert($0, row: position, of: chunk, query: query)
                }
            }
        }
        guard let cosine else {
            throw VectorError.damaged(
                place: "generation \(generation.id), chunk \(chunk.rawValue)", reason: "its vector is missing")
        }
        return cosine
    }
}

/// The vectors that searches read last, within a fixed memory. What is in it changes only the time of a search.
final class HotRows: Sendable {
    private let dimension: Int
    private let slots: Mutex<Slots>

    private struct Slots {
        /// The chunk of each slot; negative for an empty one.
        var chunks: [Int64]
        var values: [Float]
    }

    /// - `capacity`: The number of vectors.
    init(dimension: Int, capacity: Int) {
        self.dimension = dimension
        slots = Mutex(
            Slots(
                chunks: Array(repeating: -1, count: max(1, capacity)),
                values: Array(repeating: 0, count: max(1, capacity) * dimension)))
    }

    /// Nil if the vector is not in memory.
    func cosine(of chunk: ChunkID, with query: UnsafePointer<Float>) -> Double? {
        slots.withLock { slots in
            let slot = Int(chunk.rawValue) % slots.chunks.count
            guard slots.chunks[slot] == chunk.rawValue else { return nil }
            return slots.values.withUnsafeBufferPointer { values in
                values.baseAddress.map { UnitVector.dot(query, $0 + slot * dimension, count: dimension) }
            }
        }
    }

    /// Keeps a row of stored vectors, in place of another, and returns its inner product with a query.
    func insert(
        _ stored: UnsafeRawBufferPointer, row: Int, of chunk: ChunkID, query: UnsafePointer<Float>
    ) -> Double? {
        let size = dimension * MemoryLayout<Float>.size
        return slots.withLock { slots in
            let slot = Int(chunk.rawValue) % slots.chunks.count
            slots.chunks[slot] = chunk.rawValue
            return slots.values.withUnsafeMutableBufferPointer { values in
                let target = UnsafeMutableBufferPointer(rebasing: values[slot * dimension..<(slot + 1) * dimension])
                UnsafeMutableRawBufferPointer(target)
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: stored[row * size..<(row + 1) * size]))
                target.convertLittleEndian()
                return target.baseAddress.map { UnitVector.dot(query, $0, count: dimension) }
            }
        }
    }
}
