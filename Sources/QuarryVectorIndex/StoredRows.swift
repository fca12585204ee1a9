import Foundation
import GRDB
import QuarryCore

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
