import GRDB
public import QuarryCore
import QuarrySQLite

/// A vector index on its own, in memory or in a file: nearest neighbours by cosine.
///
///     let index = try VectorIndex(dimension: 384)
///     try await index.upsert(vectors, ids: ids)
///     let hits = try await index.nearest(to: query, limit: 10)
///
/// A search of a few thousand vectors is exact. Of more, codes choose those that are scored (``VectorLeg``): on average 99
/// of 100 true neighbours are found, with exact scores. ``matrix()`` searches exactly.
///
/// What was read is kept in memory between searches, and read again after a change by any process.
public final class VectorIndex: VectorStore {
    public enum Location: Sendable, Hashable {
        case memory
        /// An SQLite file, created if it does not exist.
        case file(String)
    }

    public let dimension: Int
    private let database: any DatabaseWriter
    /// The index as a leg. Each call sees all earlier writes.
    public let leg: VectorLeg

    private static let generation: Int64 = 1

    /// The default memory for vectors that were read from a file: 64 MB.
    public static let defaultCacheBytes = VectorCache.defaultRowBytes

    /// - `cacheBytes`: The memory for vectors that searches by codes read from the file. It is taken as it is used.
    /// - Throws: ``VectorError/wrongDimension(what:actual:expected:)`` for a file with vectors of another dimension; an
    ///   error of SQLite if the file cannot be opened or is not a database.
    public init(
        at location: Location = .memory, dimension: Int, cacheBytes: Int = VectorIndex.defaultCacheBytes
    ) throws {
        self.dimension = dimension
        switch location {
        case .memory: database = try DatabaseQueue()
        case .file(let path): database = try SQLiteFile.openPool(at: path)
        }
        leg = VectorLeg(connection: database, generation: Self.generation, cache: VectorCache(rowBytes: cacheBytes))
        try database.write { db in
            if try !VectorTable.exists(in: db) { try VectorTable.create(in: db) }
            if try !VectorTable.isUpgraded(in: db) { try VectorTable.upgrade(in: db) }
            guard let stored = try VectorTable.generations(in: db).first(where: { $0.id == Self.generation }) else {
                return try VectorTable.createGeneration(Self.generation, dimension: dimension, in: db)
            }
            guard stored.dimension == dimension else {
                throw VectorError.wrongDimension(
                    what: "a vector to be stored", actual: dimension, expected: stored.dimension)
            }
        }
    }

    /// Adds vectors, normalised to length 1, and replaces those with the same id. On an error, none are changed.
    ///
    /// - Throws: ``VectorError`` with the first chunk whose vector is zero or not finite.
    public func upsert(_ vectors: EmbeddingBatch, ids: [ChunkID]) async throws {
        try await database.write { db in
            try VectorTable.upsert(vectors, ids: ids, generation: Self.generation, in: db)
        }
    }

    /// Removes vectors and all their data. Unknown ids are ignored.
    public func remove(_ ids: [ChunkID]) async throws {
        try await database.write { try VectorTable.remove(ids, in: $0) }
    }

    public func nearest(to query: [Float], limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        try await leg.nearest(to: query, limit: limit, among: mask)
    }

    /// All current vectors, for searches of one snapshot or for many queries at once.
    public func matrix() async throws -> VectorMatrix { try await leg.matrix() }

    public var count: Int {
        get async throws {
            try await database.read { try VectorTable.ids(generation: Self.generation, in: $0).count }
        }
    }

    /// All problems of the stored vectors; empty if there are none.
    public func problems() async throws -> [String] {
        try await database.read { try VectorTable.verify(in: $0) }
    }
}
