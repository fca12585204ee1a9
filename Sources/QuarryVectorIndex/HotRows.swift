import QuarryCore
import Synchronization

/// The vectors that searches read last, within a fixed memory. What is in it changes only the time of a search.
///
/// A vector was checked with its block when it was read, and is not checked again.
package final class HotRows: @unchecked Sendable {
    // Unchecked: `values` is only used while `places` is locked.

    /// A chunk may be in one of so many slots, so that chunks that are wanted again and again rarely displace each other.
    private static let ways = 8

    private struct Places {
        /// (sets, ways): the chunk of each slot; negative for an empty one.
        var chunks: [Int64]
        /// The slot of each set that is filled next.
        var next: [UInt8]

        func slot(of chunk: ChunkID) -> Int? {
            let first = Int(chunk.rawValue) % next.count * ways
            return (first..<first + ways).first { chunks[$0] == chunk.rawValue }
        }

        mutating func take(for chunk: ChunkID) -> Int {
            if let slot = slot(of: chunk) { return slot }
            let set = Int(chunk.rawValue) % next.count
            let slot = set * ways + Int(next[set])
            next[set] = (next[set] + 1) % UInt8(ways)
            chunks[slot] = chunk.rawValue
            return slot
        }
    }

    private let dimension: Int
    private let places: Mutex<Places>
    /// (slots, dimension). The memory of unused slots is not touched.
    private let values: UnsafeMutablePointer<Float>
    /// The number of vectors that it has room for.
    package let capacity: Int

    /// - `bytes`: The memory for vectors. There is room for 8 at least, and hardly more than `count`.
    package init(dimension: Int, count: Int, bytes: Int) {
        self.dimension = dimension
        let room = bytes / (dimension * MemoryLayout<Float>.size * Self.ways)
        let sets = max(1, min((count + Self.ways - 1) / Self.ways, room))
        capacity = sets * Self.ways
        places = Mutex(
            Places(chunks: Array(repeating: -1, count: capacity), next: Array(repeating: 0, count: sets)))
        values = .allocate(capacity: capacity * dimension)
    }

    deinit { values.deallocate() }

    /// Nil if the vector is not in memory.
    func cosine(of chunk: ChunkID, with query: UnsafePointer<Float>) -> Double? {
        places.withLock { places in
            places.slot(of: chunk).map { UnitVector.dot(query, values + $0 * dimension, count: dimension) }
        }
    }

    /// Keeps a row of stored vectors, in place of another, and returns its inner product with a query.
    func insert(
        _ stored: UnsafeRawBufferPointer, row: Int, of chunk: ChunkID, query: UnsafePointer<Float>
    ) -> Double {
        let size = dimension * MemoryLayout<Float>.size
        return places.withLock { places in
            let start = values + places.take(for: chunk) * dimension
            let target = UnsafeMutableBufferPointer(start: start, count: dimension)
            UnsafeMutableRawBufferPointer(target)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: stored[row * size..<(row + 1) * size]))
            target.convertLittleEndian()
            return UnitVector.dot(query, start, count: dimension)
        }
    }
}
