import QuarryCore

/// The candidates of one search, best first. Texts and vectors are fetched on demand.
///
/// Passages with the same words are one candidate: the best of them, with the others as its duplicates. How many hits
/// are asked for never changes which are the best: each step works on a fixed number of candidates, and the others
/// follow in their order.
struct Candidates {
    private(set) var order: FusedOrder
    private let snapshot: any Snapshot
    private let groupsDuplicates: Bool
    private var groups = DistinctHits()
    /// The candidates so far, best first.
    private var hits: [ScoredChunk] { groups.hits }
    /// How many hits of the order are in `hits`.
    private var taken = 0
    /// Lowers the scores of the order, so that they are not above those of a re-ranker.
    private var shift = 0.0
    private var ceiling = Double.infinity
    private var diversity: (relevance: MaximalMarginalRelevance, vectors: [[Float]?])?

    init(_ order: FusedOrder, snapshot: any Snapshot, groupsDuplicates: Bool) {
        self.order = order
        self.snapshot = snapshot
        self.groupsDuplicates = groupsDuplicates
    }

    /// Fetches passages until there are `count` candidates, or no more. There may be more than `count` then.
    private mutating func take(_ count: Int) async throws {
        while hits.count < count {
            if taken == order.hits.count, try await !order.deepen() { return }
            // At least as many as before, so that many duplicates take few calls.
            let end = min(order.hits.count - taken, max(count - hits.count, taken)) + taken
            let passages = try await snapshot.passages(order.hits[taken..<end].map(\.id))
            for hit in order.hits[taken..<end] {
                // A custom leg may return chunks that are not in the snapshot.
                guard let passage = passages[hit.id] else { continue }
                add(ScoredChunk(id: hit.id, passage: passage, score: lowered(hit.score), legs: hit.legs))
            }
            taken = end
        }
    }

    private mutating func add(_ hit: ScoredChunk) {
        if groupsDuplicates { groups.add(hit) } else { groups.hits.append(hit) }
    }

    /// Sorts the best `depth` candidates by a re-ranker. The others follow, with scores below those of the re-ranker.
    ///
    /// - Returns: A warning if the re-ranker failed; the order is then unchanged.
    /// - Throws: An error that a person must fix, such as an invalid key, and `CancellationError`.
    mutating func rerank(
        by reranker: any Reranker, for question: AnalyzedQuery, depth: Int
    ) async throws -> String? {
        try await take(depth)
        let best = Array(hits.prefix(depth))
        guard !best.isEmpty else { return nil }
        do {
            let known = Dictionary(best.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let ranked: [ScoredChunk] = try await reranker.rerank(best, for: question).compactMap { ranked in
                guard var hit = known[ranked.id] else { return nil }
                (hit.score, hit.legs) = (ranked.score, ranked.legs)
                return hit
            }
            follow(ranked, by: Array(hits.dropFirst(depth)))
            return nil
        } catch let error where !(error is CancellationError) && (error as? any TransientFailure)?.isTransient != false
        {
            return "The re-ranker failed, so the passages are in the order of the search. \(error)"
        }
    }

    private mutating func follow(_ ranked: [ScoredChunk], by rest: [ScoredChunk]) {
        let unseen = taken < order.hits.count ? order.hits[taken] : order.hits.last
        let next = rest.first?.score ?? unseen.map { lowered($0.score) }
        let lowest = ranked.map(\.score).min() ?? .infinity
        let lowering = min(0, lowest - (next ?? lowest))
        (shift, ceiling) = (shift + lowering, min(ceiling + lowering, lowest))
        groups = DistinctHits()
        for hit in ranked { add(hit) }
        for var hit in rest {
            hit.score = min(hit.score + lowering, lowest)
            add(hit)
        }
    }

    private func lowered(_ score: Double) -> Double { min(score + shift, ceiling) }

    /// Applies maximal marginal relevance to the best `depth` candidates from now on. The others follow.
    mutating func diversify(by relevance: MaximalMarginalRelevance, depth: Int) async throws {
        try await take(depth)
        let vectors = try await snapshot.vectors(of: hits.prefix(depth).map(\.id))
        diversity = (relevance, hits.prefix(depth).map { vectors[$0.id] })
    }

    /// At most `limit` hits.
    ///
    /// Neighbours are joined among the first ``firstBlock`` candidates, then among twice as many that follow, and so on
    /// while hits are missing.
    mutating func best(_ limit: Int, options: RetrievalOptions) async throws -> [ScoredChunk] {
        let window = options.openWindow
        let joins = options.mergesNeighbours || window != nil
        var chosen = DistinctHits()
        var countOfDocument: [String: Int] = [:]
        var read: Set<ChunkPosition> = []
        var (seen, size) = (0, joins ? Self.firstBlock : limit)
        while chosen.hits.count < limit {
            let block = try await first(seen > .max - size ? .max : seen + size).dropFirst(seen)
            guard !block.isEmpty else { break }
            seen += block.count
            if joins { size *= 2 }
            // What earlier hits have read around them is not shown again.
            var hits = block.filter { !read.contains(ChunkPosition($0.chunk)) }
            if joins {
                var context: [ScoredChunk] = []
                if let window {
                    for hit in hits { context += try await window.passages(around: hit, in: snapshot) }
                    context.removeAll { read.contains(ChunkPosition($0.chunk)) }
                    read.formUnion((hits + context).map { ChunkPosition($0.chunk) })
                }
                hits = mergeNeighbours(hits, reading: context)
            }
            for hit in hits {
                let count = countOfDocument[hit.chunk.documentID, default: 0]
                if let most = options.hitsPerDocument, count >= most { continue }
                countOfDocument[hit.chunk.documentID] = count + 1
                // Different hits can become the same by joining.
                if joins, groupsDuplicates { chosen.add(hit) } else { chosen.hits.append(hit) }
            }
        }
        return Array(chosen.hits.prefix(limit))
    }

    /// How many candidates are searched for neighbours first: enough for ten hits in almost all searches.
    private static let firstBlock = 20

    /// The first candidates: at most `count`.
    private mutating func first(_ count: Int) async throws -> [ScoredChunk] {
        try await take(count)
        guard let (relevance, vectors) = diversity else { return Array(hits.prefix(count)) }
        let varied = relevance.select(hits.prefix(vectors.count).map(\.score), vectors: vectors, limit: count)
        return varied.map { hits[$0] } + hits.dropFirst(vectors.count).prefix(count - varied.count)
    }
}
