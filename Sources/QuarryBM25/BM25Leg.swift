package import GRDB
public import QuarryCore

/// The lexical index as a leg: BM25 of the question's terms.
public final class BM25Leg: Leg {
    public var name: LegName { .bm25 }
    public var scoreFloor: Double { 0 }
    private let connection: any DatabaseReader
    private let parameters: BM25Parameters
    private let cache: BM25Cache

    /// - `connection`: Determines the state that the leg sees: in a transaction, one state of the file.
    /// - `cache`: What searches of the same file share.
    package init(
        connection: any DatabaseReader, parameters: BM25Parameters = BM25Parameters(), cache: BM25Cache = BM25Cache()
    ) {
        self.connection = connection
        self.parameters = parameters
        self.cache = cache
    }

    /// - Throws: ``BM25Error``.
    public func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        try await question(query.terms).best(limit, among: mask)
    }

    /// Chunks without a term of the question score 0.
    public func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        try await question(query.terms).scores(of: ids)
    }

    private func question(_ terms: [QueryTerm]) async throws -> BM25Question {
        let (parameters, cache) = (parameters, cache)
        return try await connection.read { db in try cache.question(terms, in: db, parameters: parameters) }
    }
}

extension BM25Leg: WordIndex {
    /// - Throws: ``BM25Error``.
    public func frequencies(of words: [QueryTerm]) async throws -> [Int] {
        let (parameters, cache) = (parameters, cache)
        return try await connection.read { db in try cache.frequencies(of: words, in: db, parameters: parameters) }
    }

    /// - Throws: ``BM25Error``.
    public func chunks(with word: QueryTerm, in field: QueryExpression.Field?) async throws -> ChunkMask {
        try await connection.read { db in try BM25Table.chunks(with: word, in: field, in: db) }
    }

    /// - Throws: ``BM25Error``.
    public func terms(matching pattern: TermPattern, limit: Int) async throws -> [String] {
        try await connection.read { db in
            switch pattern {
            case .startingWith(let prefixes): try BM25Table.terms(startingWith: prefixes, limit: limit, in: db)
            case .near(let texts, let edits): try BM25Table.terms(near: texts, edits: edits, limit: limit, in: db)
            }
        }
    }
}
