import Foundation
import QuarryCore
import QuarryVectorIndex

/// Searches an index file for the ten nearest vectors, one question after another.
struct VectorContender: Contender {
    /// How a question is answered.
    enum Search: String {
        /// By codes, with the vectors read from the file.
        case codes
        /// Exactly, with all vectors in memory.
        case exact
        /// Exactly, all questions at once.
        case batch
    }

    private let index: VectorIndex
    private let matrix: VectorMatrix?
    private let queries: EmbeddingBatch
    private let mask: ChunkMask?
    private let search: Search

    private static let limit = 10

    /// - Parameters:
    ///   - rows: The path of the vectors, rows of 32-bit floats without a header. Their numbers are the ids.
    ///   - queries: The same for questions.
    ///   - index: Where to make the index file.
    ///   - stride: Only one row of so many is searched.
    init(rows: String, queries: String, dimension: Int, index path: String, search: Search, stride step: Int)
        async throws
    {
        index = try VectorIndex(at: .file(path), dimension: dimension)
        let rows = try Self.vectors(at: rows, dimension: dimension)
        for first in stride(from: 0, to: rows.count, by: 8192) {
            let batch = first..<min(rows.count, first + 8192)
            let values = rows.values[batch.lowerBound * dimension..<batch.upperBound * dimension]
            try await index.upsert(
                EmbeddingBatch(values: Array(values), dimension: dimension), ids: batch.map { ChunkID(Int64($0)) })
        }
        self.queries = try Self.vectors(at: queries, dimension: dimension)
        mask = step > 1 ? ChunkMask(stride(from: 0, to: rows.count, by: step).map { ChunkID(Int64($0)) }) : nil
        matrix = search == .codes ? nil : try await index.matrix()
        self.search = search
    }

    private static func vectors(at path: String, dimension: Int) throws -> EmbeddingBatch {
        let data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return EmbeddingBatch(values: values, dimension: dimension)
    }

    func run() async throws { _ = try await hits() }

    private func hits() async throws -> [[ScoredID]] {
        guard let matrix else {
            var hits: [[ScoredID]] = []
            for number in 0..<queries.count {
                hits.append(try await index.nearest(to: Array(queries[number]), limit: Self.limit, among: mask))
            }
            return hits
        }
        if search == .batch { return try matrix.nearest(toEach: queries, limit: Self.limit, among: mask) }
        return try (0..<queries.count).map {
            try matrix.nearest(to: Array(queries[$0]), limit: Self.limit, among: mask)
        }
    }

    /// For each question a list of ids, as JSON.
    func write(to path: String) async throws {
        let ids = try await hits().map { $0.map(\.id.rawValue) }
        try JSONEncoder().encode(ids).write(to: URL(filePath: path))
    }
}
