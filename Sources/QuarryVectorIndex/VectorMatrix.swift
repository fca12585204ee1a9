public import QuarryCore
import QuarryLinearAlgebra

/// An immutable snapshot of all vectors of an index, safe to search from many tasks.
///
/// Searches are exact. BLAS finds the candidates. Those within its possible rounding error of the last hit are scored
/// again in double precision and a fixed order. So scores and ties depend only on the two vectors: not on BLAS kernels,
/// threads, other rows, or the number of queries.
public struct VectorMatrix: Sendable {
    /// Length of each row.
    public let dimension: Int
    /// The ids of the rows, ascending.
    public let ids: [ChunkID]
    private let storage: Storage

    public var count: Int { ids.count }

    /// Rows in one contiguous buffer, aligned for the widest vector instructions. It is freed with the last matrix that
    /// shares it.
    private final class Storage: @unchecked Sendable {
        // Unchecked: only `init` writes, before the pointer is shared.
        let rows: UnsafeMutablePointer<Float>
        private let raw: UnsafeMutableRawPointer

        init(count: Int) {
            raw = .allocate(byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
            rows = raw.bindMemory(to: Float.self, capacity: max(1, count))
        }

        deinit { raw.deallocate() }
    }

    /// - `ids`: Ascending.
    /// - `fill`: Writes all `ids.count × dimension` values, as rows of length 1 in the order of the ids.
    init(ids: [ChunkID], dimension: Int, filling fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        self.ids = ids
        self.dimension = dimension
        storage = Storage(count: ids.count * dimension)
        try fill(UnsafeMutableBufferPointer(start: storage.rows, count: ids.count * dimension))
    }

    /// The row of a chunk, of length 1; nil if it has none.
    /// - Complexity: O(log count).
    public func vector(of id: ChunkID) -> [Float]? {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        guard low < ids.count, ids[low] == id else { return nil }
        return Array(UnsafeBufferPointer(start: storage.rows + low * dimension, count: dimension))
    }

    /// The rows nearest to a query by cosine, best first, in the order of `ScoredID.precedes(_:_:)`.
    ///
    /// - `mask`: Limits the search to these chunks before the best are taken, so that a filter never costs hits.
    /// - Throws: ``VectorError`` for a query of another dimension, or without direction.
    /// - Complexity: O(count · dimension).
    public func nearest(to query: [Float], limit: Int, among mask: ChunkMask? = nil) throws -> [ScoredID] {
        guard query.count == dimension else {
            throw VectorError.wrongDimension(what: "the query", actual: query.count, expected: dimension)
        }
        return try nearest(toEach: EmbeddingBatch(values: query, dimension: dimension), limit: limit, among: mask)[0]
    }

    /// The rows nearest to each query. Every result is bit for bit the same as for a single query.
    ///
    /// - Throws: ``VectorError`` for queries of another dimension, or without direction.
    public func nearest(
        toEach queries: EmbeddingBatch, limit: Int, among mask: ChunkMask? = nil
    ) throws -> [[ScoredID]] {
        guard queries.dimension == dimension else {
            throw VectorError.wrongDimension(what: "the query", actual: queries.dimension, expected: dimension)
        }
        var units: [Float] = []
        units.reserveCapacity(queries.values.count)
        for query in 0..<queries.count {
            units += try UnitVector.make(
                queries[query], of: queries.count == 1 ? "the query" : "query number \(query + 1)")
        }
        guard limit > 0, count > 0 else { return Array(repeating: [], count: queries.count) }
        return units.withUnsafeBufferPointer { units -> [[ScoredID]] in
            guard let units = units.baseAddress else { return [] }
            if let mask, mask.count < count / 16 {
                return membersNearest(units, queryCount: queries.count, limit: limit, mask: mask)
            }
            var results: [[ScoredID]] = []
            for first in stride(from: 0, to: queries.count, by: Self.queriesAtOnce) {
                let group = min(Self.queriesAtOnce, queries.count - first)
                results += allNearest(units + first * dimension, queryCount: group, limit: limit, mask: mask)
            }
            return results
        }
    }

    /// The number of rows scored at a time, so that the buffer stays in the cache.
    private static let rowsAtOnce = 8192
    private static let queriesAtOnce = 64

    private func allNearest(
        _ queries: UnsafePointer<Float>, queryCount: Int, limit: Int, mask: ChunkMask?
    ) -> [[ScoredID]] {
        var candidates = Array(
            repeating: Candidates(limit: min(limit, count), dimension: dimension), count: queryCount)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: queryCount * min(count, Self.rowsAtOnce)) { scores in
            guard let scores = scores.baseAddress else { return }
            for first in stride(from: 0, to: count, by: Self.rowsAtOnce) {
                let rows = min(Self.rowsAtOnce, count - first)
                let matrix = UnsafePointer(storage.rows + first * dimension)
                if queryCount == 1 {
                    BLAS.gemv(matrix, rows: rows, columns: dimension, queries, into: scores)
                } else {
                    BLAS.gemm(queries, matrix, into: scores, m: queryCount, n: rows, k: dimension)
                }
                for query in 0..<queryCount {
                    let scores = UnsafeBufferPointer(start: scores + query * rows, count: rows)
                    candidates[query].insert(scores, firstRow: first, ids: ids, mask: mask)
                }
            }
        }
        return candidates.enumerated().map { query, candidates in
            best(limit, of: candidates.rows(), for: queries + query * dimension)
        }
    }

    /// For small masks: scores only their members.
    private func membersNearest(
        _ queries: UnsafePointer<Float>, queryCount: Int, limit: Int, mask: ChunkMask
    ) -> [[ScoredID]] {
        let members = ids.indices.filter { mask.contains(ids[$0]) }
        return (0..<queryCount).map { best(limit, of: members, for: queries + $0 * dimension) }
    }

    private func best(_ limit: Int, of rows: [Int], for query: UnsafePointer<Float>) -> [ScoredID] {
        var hits = rows.map { row in
            let cosine = UnitVector.dot(query, storage.rows + row * dimension, count: dimension)
            return ScoredID(id: ids[row], score: Float(min(1, max(-1, cosine))))
        }
        hits.sort(by: ScoredID.precedes)
        return Array(hits.prefix(limit))
    }
}
