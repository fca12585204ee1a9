import QuarryCore

/// The fused candidates of one search. Texts and vectors are fetched on demand.
///
/// Passages with the same words are one candidate: the best of them, with the others as its duplicates.
struct Candidates {
    /// Best first.
    private let fused: [FusedHit]
    private let snapshot: any Snapshot
    private let groupsDuplicates: Bool
    private var groups = DistinctHits()
    /// The candidates so far, best first.
    private var hits: [ScoredChunk] {
        get { groups.hits }
        set { groups.hits = newValue }
    }
    /// How many of `fused` are in `hits`.
    private var taken = 0
    private var diversity: (relevance: MaximalMarginalRelevance, vectors: [[Float]?])?
    private var surroundings: [ChunkID: [ScoredChunk]] = [:]

    init(_ fused: [FusedHit], snapshot: any Snapshot, groupsDuplicates: Bool) {
        self.fused = fused
        self.snapshot = snapshot
        self.groupsDuplicates = groupsDuplicates
    }

    /// Whether one of the candidates so far has duplicates.
    var haveDuplicates: Bool { hits.contains { !$0.duplicates.isEmpty } }

    /// Fetches passages until there are `count` candidates, or no more.
    ///
    /// - Returns: The number of candidates. It may exceed `count`.
    @discardableResult
    mutating func take(_ count: Int) async throws -> Int {
        while hits.count < count, taken < fused.count {
            // At least as many as before, so that many duplicates take few calls.
            let end = min(fused.count - taken, max(count - hits.count, taken)) + taken
            let passages = try await snapshot.passages(fused[taken..<end].map(\.id))
            for hit in fused[taken..<end] {
                // A custom leg may return chunks that are not in the snapshot.
                guard let passage = passages[hit.id] else { continue }
                let hit = ScoredChunk(id: hit.id, passage: passage, score: hit.score, legs: hit.legs)
                if groupsDuplicates { groups.add(hit) } else { groups.hits.append(hit) }
            }
            taken = end
        }
        return hits.count
    }

    /// Sorts the best `depth` candidates by a re-ranker and drops the others.
    ///
    /// - Returns: A warning if the re-ranker failed; the order is then unchanged.
    /// - Throws: An error that a person must fix, such as an invalid key, and `CancellationError`.
    mutating func rerank(
        by reranker: any Reranker, for question: AnalyzedQuery, depth: Int?
    ) async throws -> String? {
        try await take(depth ?? .max)
        let best = Array(hits.prefix(depth ?? .max))
        guard !best.isEmpty else { return nil }
        do {
            let known = Dictionary(best.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            hits = try await reranker.rerank(best, for: question).compactMap { ranked in
                guard var hit = known[ranked.id] else { return nil }
                (hit.score, hit.legs) = (ranked.score, ranked.legs)
                return hit
            }
            taken = fused.count
            return nil
        } catch let error where !(error is CancellationError) && (error as? any TransientFailure)?.isTransient != false
        {
            return "The re-ranker failed, so the passages are in the order of the search. \(error)"
        }
    }

    /// Applies maximal marginal relevance from now on.
    mutating func loadVectors(for relevance: MaximalMarginalRelevance) async throws {
        try await take(.max)
        let vectors = try await snapshot.vectors(of: hits.map(\.id))
        diversity = (relevance, hits.map { vectors[$0.id] })
    }

    /// At most `limit` hits.
    ///
    /// Neighbours are joined among the first `2 · limit`, and further down as long as joining leaves fewer than
    /// `limit`.
    mutating func best(
        _ limit: Int, mergingNeighbours: Bool, window: RetrievalOptions.Window?
    ) async throws -> [ScoredChunk] {
        guard mergingNeighbours || window != nil else { return try await first(limit) }
        var merged: [ScoredChunk] = []
        var seen = 0
        while merged.count < limit {
            let wanted = seen == 0 ? HybridRetriever.doubled(limit) : seen.addingReportingOverflow(limit).partialValue
            let hits = try await first(wanted)
            guard hits.count > seen else { break }
            seen = hits.count
            let context = try await surroundings(of: hits, within: window)
            merged = mergeNeighbours(hits, reading: context)
            if groupsDuplicates, merged.count < hits.count || !context.isEmpty {
                // Different hits can become the same by joining.
                var distinct = DistinctHits()
                for hit in merged { distinct.add(hit) }
                merged = distinct.hits
            }
        }
        return Array(merged.prefix(limit))
    }

    private mutating func first(_ count: Int) async throws -> [ScoredChunk] {
        guard let (relevance, vectors) = diversity else {
            try await take(count)
            return Array(hits.prefix(count))
        }
        return relevance.select(hits.map(\.score), vectors: vectors, limit: count).map { hits[$0] }
    }

    private mutating func surroundings(
        of hits: [ScoredChunk], within window: RetrievalOptions.Window?
    ) async throws -> [ScoredChunk] {
        guard let window else { return [] }
        var all: [ScoredChunk] = []
        for hit in hits {
            let known =
                if let known = surroundings[hit.id] { known } else {
                    try await window.passages(around: hit, in: snapshot)
                }
            surroundings[hit.id] = known
            all += known
        }
        return all
    }
}
