import QuarryCore

/// The fused candidates of one search. Texts and vectors are fetched on demand.
struct Candidates {
    /// Best first.
    private var hits: [FusedHit]
    private let snapshot: any Snapshot
    private var passages: [ChunkID: Passage] = [:]
    private var diversity: (relevance: MaximalMarginalRelevance, vectors: [[Float]?])?

    init(hits: [FusedHit], snapshot: any Snapshot) {
        self.hits = hits
        self.snapshot = snapshot
    }

    /// Sorts the best `depth` candidates by a re-ranker and drops the others.
    ///
    /// - Returns: A warning if the re-ranker failed; the order is then unchanged.
    /// - Throws: An error that a person must fix, such as an invalid key, and `CancellationError`.
    mutating func rerank(
        by reranker: any Reranker, for question: AnalyzedQuery, depth: Int?
    ) async throws -> String? {
        let best = try await chunks(of: hits.prefix(depth ?? hits.count))
        guard !best.isEmpty else { return nil }
        do {
            hits = try await reranker.rerank(best, for: question).map {
                FusedHit(id: $0.id, score: $0.score, legs: $0.legs)
            }
            return nil
        } catch let error where !(error is CancellationError) && (error as? any TransientFailure)?.isTransient != false
        {
            return "The re-ranker failed, so the passages are in the order of the search. \(error)"
        }
    }

    /// Applies maximal marginal relevance from now on.
    mutating func loadVectors(for relevance: MaximalMarginalRelevance) async throws {
        let vectors = try await snapshot.vectors(of: hits.map(\.id))
        diversity = (relevance, hits.map { vectors[$0.id] })
    }

    /// At most `limit` hits.
    ///
    /// Neighbours are joined among the first `2 · limit`, and further down as long as joining leaves fewer than
    /// `limit`.
    mutating func best(_ limit: Int, mergingNeighbours: Bool) async throws -> [ScoredChunk] {
        guard mergingNeighbours else { return try await chunks(of: first(limit)) }
        var merged: [ScoredChunk] = []
        var seen = 0
        while merged.count < limit, seen < hits.count {
            seen = min(seen == 0 ? HybridRetriever.doubled(limit) : seen + limit, hits.count)
            merged = mergeNeighbours(try await chunks(of: first(seen)))
        }
        return Array(merged.prefix(limit))
    }

    private func first(_ count: Int) -> ArraySlice<FusedHit> {
        guard let (relevance, vectors) = diversity else { return hits.prefix(count) }
        return relevance.select(hits.map(\.score), vectors: vectors, limit: count).map { hits[$0] }[...]
    }

    /// The hits with their texts. Chunks that are not in the snapshot are omitted: a custom leg may return them.
    private mutating func chunks(of hits: ArraySlice<FusedHit>) async throws -> [ScoredChunk] {
        let unknown = hits.map(\.id).filter { passages[$0] == nil }
        if !unknown.isEmpty { passages.merge(try await snapshot.passages(unknown)) { known, _ in known } }
        return hits.compactMap { hit in
            passages[hit.id].map { ScoredChunk(id: hit.id, passage: $0, score: hit.score, legs: hit.legs) }
        }
    }
}
