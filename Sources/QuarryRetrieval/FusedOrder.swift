import QuarryCore

/// The order of all hits of one search. It does not depend on how many of them are needed.
///
/// The best hits of each leg, to a fixed depth, are fused. If that is not enough, the search goes deeper, and what only
/// the deeper search finds follows. Of several questions, the orders are fused too.
struct FusedOrder {
    /// Best first.
    private(set) var hits: [FusedHit]
    /// The results of the legs for the question, to the fixed depth.
    let results: [LegResult]
    private let search: LegSearch
    private var depth: Int
    private let maximumDepth: Int
    /// Whether a leg has more hits than were looked at.
    private var hasMore: Bool

    /// The depth at which a search stops, unless more hits are asked for. Each step is four times as deep as the last.
    static let maximumDepth = 10_000

    /// - `others`: Texts about the question that are searched for as well.
    init(
        _ legs: [any Leg], for question: AnalyzedQuery, with others: [AnalyzedQuery] = [], among mask: ChunkMask?,
        options: RetrievalOptions, limit: Int
    ) async throws {
        search = LegSearch(legs: legs, question: question, others: others, mask: mask, options: options)
        depth = max(1, options.depth)
        // Joining two neighbours leaves one hit, so twice the limit is usually enough.
        maximumDepth = max(Self.maximumDepth, limit > .max / 2 ? .max : 2 * limit)
        (results, hits, hasMore) = try await search.found(to: depth)
    }

    /// Searches deeper.
    ///
    /// - Returns: Whether it found more hits.
    mutating func deepen() async throws -> Bool {
        let count = hits.count
        while hasMore, depth < maximumDepth, hits.count == count {
            depth = depth > maximumDepth / 4 ? maximumDepth : 4 * depth
            let deeper: [FusedHit]
            (_, deeper, hasMore) = try await search.found(to: depth)
            let known = Set(hits.map(\.id))
            let found = deeper.filter { !known.contains($0.id) }
            // Scores never rise, although those of the deeper search are normalised by more hits.
            let lowest = hits.last?.score ?? .infinity
            let shift = min(0, lowest - (found.first?.score ?? lowest))
            hits += found.map { FusedHit(id: $0.id, score: min($0.score + shift, lowest), legs: $0.legs) }
        }
        return hits.count > count
    }
}

/// A search by all legs for a question and other texts about it, to any depth.
private struct LegSearch {
    let legs: [any Leg]
    let question: AnalyzedQuery
    let others: [AnalyzedQuery]
    let mask: ChunkMask?
    let options: RetrievalOptions

    /// The results of the legs for the question, all hits, best first, with at least the minimum score of each leg, and
    /// whether a leg has more.
    func found(to depth: Int) async throws -> (results: [LegResult], hits: [FusedHit], hasMore: Bool) {
        func mayHaveMore(_ results: [LegResult]) -> Bool { results.contains { $0.hits.count >= depth } }
        let results = try await results(for: question, to: depth)
        var hasMore = mayHaveMore(results)
        var orders = [options.fused(results)]
        for other in others {
            let found = try await self.results(for: other, to: depth)
            hasMore = hasMore || mayHaveMore(found)
            orders.append(options.fused(found))
        }
        var hits = others.isEmpty ? orders[0] : try await joined(orders)
        if !options.minimumScores.isEmpty {
            hits = hits.filter { hit in
                options.minimumScores.allSatisfy { leg, minimum in hit.legs[leg].map { $0.score >= minimum } ?? false }
            }
        }
        return (results, hits, hasMore)
    }

    private func results(for question: AnalyzedQuery, to depth: Int) async throws -> [LegResult] {
        var results: [LegResult] = []
        for leg in legs {
            let hits = try await leg.best(for: question, limit: depth, among: mask)
            results.append(LegResult(leg.name, scoreFloor: leg.scoreFloor, hits: hits))
        }
        guard results.count > 1 else { return results }
        let found = Set(results.flatMap { $0.hits.map(\.id) })
        for (index, leg) in legs.enumerated() where !results[index].hits.isEmpty {
            let others = found.subtracting(results[index].hits.map(\.id)).sorted()
            results[index].others = others.isEmpty ? [] : try await leg.scores(of: others, for: question)
        }
        return results
    }

    /// One order of those of several questions, by reciprocal rank. Each hit has the scores of the legs for the question.
    ///
    /// - `orders`: That of the question first.
    private func joined(_ orders: [[FusedHit]]) async throws -> [FusedHit] {
        let lists = orders.enumerated().map { number, hits in
            LegResult(
                LegName(rawValue: String(number)), hits: hits.map { ScoredID(id: $0.id, score: Float($0.score)) })
        }
        var joined = Fusion.reciprocalRank(k: 60).fuse(lists, limit: .max)
        var scores = Dictionary(orders[0].map { ($0.id, $0.legs) }, uniquingKeysWith: { first, _ in first })
        let added = joined.map(\.id).filter { scores[$0] == nil }.sorted()
        for leg in legs where !added.isEmpty {
            for score in try await leg.scores(of: added, for: question) {
                scores[score.id, default: [:]][leg.name] = LegScore(rank: nil, score: Double(score.score))
            }
        }
        for index in joined.indices { joined[index].legs = scores[joined[index].id] ?? [:] }
        return joined
    }
}

extension RetrievalOptions {
    /// All hits, best first. The hits of a search by one leg have its scores.
    fileprivate func fused(_ results: [LegResult]) -> [FusedHit] {
        var hits = fusion.fuse(results, limit: .max)
        if results.count == 1 {
            for index in hits.indices { hits[index].score = hits[index].legs[results[0].name]?.score ?? 0 }
        }
        return hits
    }
}
