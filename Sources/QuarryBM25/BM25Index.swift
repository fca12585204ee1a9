import GRDB
public import QuarryCore
import QuarrySQLite

/// A lexical index on its own, in memory or in a file: chunks found by the terms they share with a query.
///
///     let index = try BM25Index()
///     try await index.upsert([(ChunkID(1), BM25Fields(body: ["apple", "pie"]))])
///     let hits = try await index.search(["apple"], limit: 10)
///
/// Terms come from the caller, who must analyze chunks and queries alike, such as by `Analyzer`. Two terms are the same
/// where their bytes are, so analyzers give them in one normal form.
public final class BM25Index: Sendable {
    public enum Location: Sendable, Hashable {
        case memory
        /// An SQLite file, created if it does not exist.
        case file(String)
    }

    private let database: any DatabaseWriter
    private let cache = BM25Cache()

    /// - Throws: If the file cannot be opened or is not a database.
    public init(at location: Location = .memory) throws {
        switch location {
        case .memory: database = try DatabaseQueue()
        case .file(let path): database = try SQLiteFile.openPool(at: path)
        }
        try database.write { db in
            if try !BM25Table.exists(in: db) {
                try BM25Table.create(in: db)
            } else {
                try BM25Table.upgradeFully(in: db)
            }
        }
    }

    /// Adds chunks and replaces those with the same id. On an error, none are changed.
    public func upsert(_ chunks: [(id: ChunkID, fields: BM25Fields)]) async throws {
        var writer = BM25Writer()
        for chunk in chunks { try writer.add(chunk.fields, as: chunk.id) }
        try await flush(writer)
    }

    /// Removes chunks and all their data. Unknown ids are ignored.
    public func remove(_ ids: [ChunkID]) async throws {
        var writer = BM25Writer()
        for id in ids { writer.remove(id) }
        try await flush(writer)
    }

    private func flush(_ writer: BM25Writer) async throws {
        try await database.write { db in
            var writer = writer
            try writer.flush(to: db)
        }
    }

    /// The best chunks for the terms of a query, best first, in the order of `ScoredID.precedes(_:_:)`.
    ///
    /// Scores are Lucene's BM25 or another ``BM25Parameters/Variant``, with fields combined before saturation. Chunks
    /// without a common term are not hits. What a search decodes is kept for later ones, up to 256 MB.
    ///
    /// - `terms`: A repeated term counts as often as it occurs.
    /// - `mask`: Limits the search to these chunks.
    /// - Throws: ``BM25Error``.
    public func search(
        _ terms: [QueryTerm], limit: Int, among mask: ChunkMask? = nil, parameters: BM25Parameters = BM25Parameters()
    ) async throws -> [ScoredID] {
        try await leg(parameters: parameters).best(for: AnalyzedQuery("", terms: terms), limit: limit, among: mask)
    }

    /// The index as a leg. Each call sees all earlier writes.
    public func leg(parameters: BM25Parameters = BM25Parameters()) -> BM25Leg {
        BM25Leg(connection: database, parameters: parameters, cache: cache)
    }

    /// Explains a chunk's score for a query; nil if the chunk is not in the index.
    public func explain(
        _ id: ChunkID, for terms: [QueryTerm], parameters: BM25Parameters = BM25Parameters()
    ) async throws -> BM25Explanation? {
        try await database.read { db in
            try BM25Table.explain(in: db, terms: terms, chunk: id, parameters: parameters)
        }
    }

    /// Totals over all chunks.
    public func statistics() async throws -> BM25Statistics {
        try await database.read { try BM25Table.statistics(in: $0) }
    }

    /// All inconsistencies between the parts of the index; empty if there are none.
    public func problems() async throws -> [String] {
        try await database.read { try BM25Table.verify(in: $0) }
    }
}
