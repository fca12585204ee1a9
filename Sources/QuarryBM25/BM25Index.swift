import GRDB
public import QuarryCore
import QuarrySQLite

/// A lexical index on its own, in memory or in a file: chunks found by the terms they share with a query.
///
///     let index = try BM25Index()
///     try await index.upsert([(ChunkID(1), BM25Fields(body: ["apple", "pie"]))])
///     let hits = try await index.search(["apple"], limit: 10)
///
/// Terms come from the caller, who must analyze chunks and queries alike. Two terms are the same where their bytes are,
/// so analyzers give them in one normal form.
public final class BM25Index: Sendable {
    public enum Location: Sendable, Hashable {
        case memory
        /// An SQLite file, created where it is not there.
        case file(String)
    }

    private let database: any DatabaseWriter

    /// - Throws: When the file cannot be opened, or is no database.
    public init(at location: Location = .memory) throws {
        switch location {
        case .memory: database = try DatabaseQueue()
        case .file(let path): database = try SQLiteFile.openPool(at: path)
        }
        try database.write { db in
            if try !BM25Table.exists(in: db) { try BM25Table.create(in: db) }
        }
    }

    /// Adds chunks, replacing those whose id is already there: all of them, or on an error none.
    public func upsert(_ chunks: [(id: ChunkID, fields: BM25Fields)]) async throws {
        var writer = BM25Writer()
        for chunk in chunks { try writer.add(chunk.fields, as: chunk.id) }
        try await flush(writer)
    }

    /// Removes chunks without leaving a trace of them; ids that are not there are ignored.
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

    /// The best chunks for the terms of a query, best first, in the order of ``ScoredID/precedes(_:_:)``.
    ///
    /// Scores are Lucene's BM25 with fields combined before saturation; chunks that share no term are no hits.
    ///
    /// - `terms`: A term that is repeated counts as often.
    /// - `mask`: Only these chunks take part.
    /// - Throws: ``BM25Error``.
    public func search(
        _ terms: [String], limit: Int, among mask: ChunkMask? = nil, parameters: BM25Parameters = BM25Parameters()
    ) async throws -> [ScoredID] {
        try await leg(parameters: parameters).best(for: AnalyzedQuery("", terms: terms), limit: limit, among: mask)
    }

    /// The index as a leg. Each of its calls sees what was written before.
    public func leg(parameters: BM25Parameters = BM25Parameters()) -> BM25Leg {
        BM25Leg(connection: database, parameters: parameters)
    }

    /// How a chunk's score for a query comes about; nil where the index does not hold the chunk.
    public func explain(
        _ id: ChunkID, for terms: [String], parameters: BM25Parameters = BM25Parameters()
    ) async throws -> BM25Explanation? {
        try await database.read { db in
            try BM25Table.explain(in: db, terms: terms, chunk: id, parameters: parameters)
        }
    }

    /// Totals over all chunks.
    public func statistics() async throws -> BM25Statistics {
        try await database.read { try BM25Table.statistics(in: $0) }
    }

    /// Everything in which the parts of the index disagree; empty when it is sound.
    public func problems() async throws -> [String] {
        try await database.read { try BM25Table.verify(in: $0) }
    }
}
