package import GRDB
public import QuarryCore
import Synchronization

/// The exact vector index as a leg: cosine of every stored vector with the question's.
public struct VectorLeg: Leg {
    public var name: LegName { .vector }
    public var scoreFloor: Double { -1 }
    private let connection: any DatabaseReader
    private let generation: Int64
    private let cache: VectorCache

    /// - `connection`: Determines the state that the leg sees: in a transaction, one state of the file.
    /// - `cache`: Shared by legs of one file.
    package init(connection: any DatabaseReader, generation: Int64, cache: VectorCache) {
        self.connection = connection
        self.generation = generation
        self.cache = cache
    }

    public func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        guard let vector = query.vector else { return [] }
        return try await matrix().nearest(to: vector.values, limit: limit, among: mask)
    }

    public func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        try await best(for: query, limit: ids.count, among: ChunkMask(ids))
    }

    /// All vectors. They are read again only after a change.
    package func matrix() async throws -> VectorMatrix {
        let (generation, cache) = (generation, cache)
        return try await connection.read { try cache.matrix(generation: generation, in: $0) }
    }
}

/// The last vectors read, shared by all searches of one file or one snapshot.
package final class VectorCache: Sendable {
    private let loaded = Mutex<(generation: VectorTable.Generation, matrix: VectorMatrix)?>(nil)

    private let source: VectorCache?

    /// - `source`: The cache of the file, for the cache of a snapshot: an older snapshot reads its vectors once and
    ///   keeps them, while newer ones share others.
    package init(over source: VectorCache? = nil) { self.source = source }

    /// The vectors in the transaction of `db`. Concurrent callers share one read.
    func matrix(generation number: Int64, in db: Database) throws -> VectorMatrix {
        let generation = try VectorTable.generation(number, in: db)
        return try loaded.withLock { loaded in
            if let loaded, loaded.generation == generation { return loaded.matrix }
            let fresh =
                try source?.matrix(generation: number, in: db) ?? VectorTable.matrix(generation: number, in: db)
            // An older snapshot does not replace the vectors that newer ones share.
            let isOlder = loaded.map { ($0.generation.id, $0.generation.revision) > (number, generation.revision) }
            if isOlder != true { loaded = (generation, fresh) }
            return fresh
        }
    }
}
