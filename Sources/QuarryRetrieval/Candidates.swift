import QuarryCore

/// The fused candidates of one search. Texts and vectors are fetched on demand.
///
/// Passages with the same words are one candidate: the best of them, with the others as its duplicates.
struct Candidates {
    /// The largest number of duplicates that a candidate lists.
    static let maximumDuplicates = 100

    /// Best first.
    private let fused: [FusedHit]
    private let snapshot: any Snapshot
    /// Nil if every passage is a candidate of its own.
    private var positions: [PassageWording: Int]?
    /// The candidates so far, best first.
    private var hits: [ScoredChunk] = []
    /// How many of `fused` are in `hits`.
    private var taken = 0
    private var diversity: (relevance: MaximalMarginalRelevance, vectors: [[Float]?])?
    private var surroundings: [ChunkID: [ScoredChunk]] = [:]

    init(_ fused: [FusedHit], snapshot: any Snapshot, groupsDuplicates: Bool) {
        self.fused = fused
        self.snapshot = snapshot
        positions = groupsDuplicates ? [:] : nil
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
                add(ScoredChunk(id: hit.id, passage: passage, score: hit.score, legs: hit.legs))
            }
            taken = end
        }
        return hits.count
    }

    private mutating func add(_ hit: ScoredChunk) {
        guard positions != nil else {
            hits.append(hit)
            return
        }
        let wording = hit.passage.wording
        if let position = positions?[wording] {
            hits[position].absorb(hit)
        } else {
            positions?[wording] = hits.count
            hits.append(hit)
        }
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
            merged = mergeNeighbours(hits, reading: try await surroundings(of: hits, within: window))
            if positions != nil { merged = grouped(merged) }
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

/// Hits with the same words as one. Different hits can become the same when neighbours are joined.
private func grouped(_ hits: [ScoredChunk]) -> [ScoredChunk] {
    var groups: [ScoredChunk] = []
    var positions: [PassageWording: Int] = [:]
    for hit in hits {
        let wording = hit.passage.wording
        if let position = positions[wording] {
            groups[position].absorb(hit)
        } else {
            positions[wording] = groups.count
            groups.append(hit)
        }
    }
    return groups
}

extension ScoredChunk {
    /// Lists a hit with the same words as a duplicate.
    fileprivate mutating func absorb(_ other: ScoredChunk) {
        let (all, allOfOther) = (0..<chunk.text.utf8.count, 0..<other.chunk.text.utf8.count)
        let same =
            [(other.id, other.passage)] + other.duplicates.filter { $0.range == allOfOther }.map { ($0.id, $0.passage) }
        let room = max(0, Candidates.maximumDuplicates - duplicates.count)
        duplicates += same.prefix(room).map { Duplicate(id: $0.0, passage: $0.1, range: all) }
    }
}
