package import GRDB
public import QuarryCore

/// The vector index as a leg: the best cosines of stored vectors with the question's.
///
/// Few vectors are searched exactly. Of many, codes in memory choose those that are read from the file and scored exactly
/// (`VectorCodes`). Both give the same scores and order; codes miss a neighbour with a small, known probability.
public struct VectorLeg: Leg {
    public var name: LegName { .vector }
    public var scoreFloor: Double { -1 }
    private let connection: any DatabaseReader
    private let generation: Int64
    private let cache: VectorCache
    private let confidence: VectorCoder.Confidence

    /// - `connection`: Determines the state that the leg sees: in a transaction, one state of the file.
    /// - `cache`: Shared by legs of one file.
    /// - `recall`: The share of the true neighbours that a search finds on average, above ½; 1 finds all of them.
    package init(
        connection: any DatabaseReader, generation: Int64, cache: VectorCache, recall: Double = VectorLeg.defaultRecall
    ) {
        self.connection = connection
        self.generation = generation
        self.cache = cache
        confidence = .finding(recall)
    }

    package static let defaultRecall = 0.99

    public func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        guard let vector = query.vector else { return [] }
        return try await nearest(to: vector.values, limit: limit, among: mask)
    }

    public func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        try await best(for: query, limit: ids.count, among: ChunkMask(ids))
    }

    package func nearest(to query: [Float], limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        let (generation, cache, confidence) = (generation, cache, confidence)
        let search: @Sendable (Database) throws -> [ScoredID]? = { db in
            try cache.codes(generation: generation, in: db)?
                .nearest(to: query, limit: limit, among: mask, confidence: confidence, in: db)
        }
        if let hits = try cache.hasCodes ? now(search) : await connection.read(search) { return hits }
        return try await matrix().nearest(to: query, limit: limit, among: mask)
    }

    /// Reads on the calling thread: a search by codes takes less time than changing it twice.
    private func now<Value>(_ body: (Database) throws -> Value) throws -> Value { try connection.read(body) }

    /// All vectors. They are read again only after a change.
    package func matrix() async throws -> VectorMatrix {
        let (generation, cache) = (generation, cache)
        return try await connection.read { try cache.matrix(generation: generation, in: $0) }
    }

    /// The vectors of those chunks that have one.
    package func vectors(of ids: [ChunkID]) async throws -> [ChunkID: [Float]] {
        let (generation, cache) = (generation, cache)
        return try await connection.read { db in
            var vectors: [ChunkID: [Float]] = [:]
            if try cache.codes(generation: generation, in: db) != nil {
                for id in ids { vectors[id] = try VectorTable.vector(of: id, generation: generation, in: db) }
            } else {
                let matrix = try cache.matrix(generation: generation, in: db)
                for id in ids { vectors[id] = matrix.vector(of: id) }
            }
            return vectors
        }
    }

    /// The number of chunks with a vector.
    package func count() async throws -> Int {
        let (generation, cache) = (generation, cache)
        return try await connection.read { db in
            try cache.codes(generation: generation, in: db)?.codes.count
                ?? cache.matrix(generation: generation, in: db).count
        }
    }
}
