import QuarryCore

/// The order of all hits of one search. It does not depend on how many of them are needed.
///
/// The best hits of each leg, to a fixed depth, are fused. If that is not enough, the search goes deeper, and what only
/// the deeper search finds follows.
struct FusedOrder {
    /// Best first.
    private(set) var hits: [FusedHit]
    /// The results of the legs to the fixed depth.
    let results: [LegResult]
    private let legs: [any Leg]
    private let question: AnalyzedQuery
    private let mask: ChunkMask?
    private let options: RetrievalOptions
    private var depth: Int
    private let maximumDepth: Int
    /// Whether a leg has more hits than were looked at.
    private var hasMore: Bool

    /// The depth at which a search stops, unless more hits are asked for. Each step is four times as deep as the last.
    static let maximumDepth = 10_000

    init(
        _ legs: [any Leg], for question: AnalyzedQuery, among mask: ChunkMask?, options: RetrievalOptions,
        limit: Int
    ) async throws {
        (self.legs, self.question, self.mask, self.options) = (legs, question, mask, options)
        depth = max(1, options.depth)
        // Joining two neighbours leaves one hit, so twice the limit is usually enough.
        maximumDepth = max(Self.maximumDepth, limit > .max / 2 ? .max : 2 * limit)
        results = try await Self.results(of: legs, for: question, among: mask, depth: depth)
        hits = options.fused(results)
        hasMore = results.contains { [depth] in $0.hits.count >= depth }
    }

    /// Searches deeper.
    ///
    /// - Returns: Whether it found more hits.
    mutating func deepen() async throws -> Bool {
        let count = hits.count
        while hasMore, depth < maximumDepth, hits.count == count {
            depth = depth > maximumDepth / 4 ? maximumDepth : 4 * depth
            let results = try await Self.results(of: legs, for: question, among: mask, depth: depth)
            hasMore = results.contains { $0.hits.count >= depth }
            let known = Set(hits.map(\.id))
            let found = options.fused(results).filter { !known.contains($0.id) }
            // Scores never rise, although those of the deeper search are normalised by more hits.
            let lowest = hits.last?.score ?? .infinity
            let shift = min(0, lowest - (found.first?.score ?? lowest))
            hits += found.map { FusedHit(id: $0.id, score: min($0.score + shift, lowest), legs: $0.legs) }
        }
        return hits.count > count
    }

    private static func results(
        of legs: [any Leg], for question: AnalyzedQuery, among mask: ChunkMask?, depth: Int
    ) async throws -> [LegResult] {
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
}

extension RetrievalOptions {
    /// All hits, best first, with at least the minimum score of each leg. The hits of a search by one leg have its scores.
    fileprivate func fused(_ results: [LegResult]) -> [FusedHit] {
        var hits = fusion.fuse(results, limit: .max)
        if results.count == 1 {
            for index in hits.indices { hits[index].score = hits[index].legs[results[0].name]?.score ?? 0 }
        }
        guard !minimumScores.isEmpty else { return hits }
        return hits.filter { hit in
            minimumScores.allSatisfy { leg, minimum in hit.legs[leg].map { $0.score >= minimum } ?? false }
        }
    }
}
