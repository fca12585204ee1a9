package import GRDB
public import QuarryCore
import Synchronization

/// The lexical index as a leg: BM25 of the question's terms.
public final class BM25Leg: Leg {
    public var name: LegName { .bm25 }
    public var scoreFloor: Double { 0 }
    private let connection: any DatabaseReader
    private let parameters: BM25Parameters
    /// The scores of the last question, because later calls are usually about the same question.
    private let last = Mutex<(terms: [QueryTerm], mask: ChunkMask?, scores: ScoreAccumulator)?>(nil)

    /// - `connection`: Determines the state that the leg sees: in a transaction, one state of the file.
    package init(connection: any DatabaseReader, parameters: BM25Parameters = BM25Parameters()) {
        self.connection = connection
        self.parameters = parameters
    }

    /// - Throws: ``BM25Error``.
    public func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        try await scores(for: query.terms, among: mask).best(max(0, limit))
    }

    /// Chunks without a term of the question score 0.
    public func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        if let last = last.withLock({ $0 }), last.terms == query.terms,
            last.mask.map({ ids.allSatisfy($0.contains) }) ?? true
        {
            return last.scores.scores(of: ids)
        }
        return try await scores(for: query.terms, among: ChunkMask(ids)).scores(of: ids)
    }

    private func scores(for terms: [QueryTerm], among mask: ChunkMask?) async throws -> ScoreAccumulator {
        let parameters = parameters
        let scores = try await connection.read { db in
            try BM25Table.scores(in: db, terms: terms, mask: mask, parameters: parameters)
        }
        last.withLock { $0 = (terms, mask, scores) }
        return scores
    }
}
