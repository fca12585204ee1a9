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
    private let fusion: Fusion
    private var depth: Int
    private let maximumDepth: Int
    /// Whether a leg has more hits than were looked at.
    private var hasMore: Bool

    /// The depth at which a search stops, unless more hits are asked for. Each step is four times as deep as the last.
    static let maximumDepth = 10_000

    init(
        _ legs: [any Leg], for question: AnalyzedQuery, among mask: ChunkMask?, depth: Int, fusion: Fusion, limit: Int
    ) async throws {
        (self.legs, self.question, self.mask, self.fusion) = (legs, question, mask, fusion)
        self.depth = max(1, depth)
        // Joining two neighbours leaves one hit, so twice the limit is usually enough.
        maximumDepth = max(Self.maximumDepth, limit > .max / 2 ? .max : 2 * limit)
        results = try await Self.results(of: legs, for: question, among: mask, depth: self.depth)
        hits = fusion.fuse(results, limit: .max)
        hasMore = results.contains { [depth = self.depth] in $0.hits.count >= depth }
    }

    /// Searches deeper.
    ///
    /// - Returns: Whether it found more hits.
    mutating func deepen() async throws -> Bool {
        let count = hits.count
        while hasMore, depth < maximumDepth, hits.count == count {
            depth = depth > .max / 4 ? .max : 4 * depth
            let results = try await Self.results(of: legs, for: question, among: mask, depth: depth)
            hasMore = results.contains { $0.hits.count >= depth }
            let known = Set(hits.map(\.id))
            let found = fusion.fuse(results, limit: .max).filter { !known.contains($0.id) }
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
