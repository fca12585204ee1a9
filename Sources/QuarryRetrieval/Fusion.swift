public import QuarryCore

/// How the verdicts of several legs become one order.
public enum Fusion: Sendable, Hashable {
    /// Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): the sum over legs of 1 / (k + rank), scaled
    /// by (k + 1) / legs so that a chunk which every leg puts first scores 1.
    case reciprocalRank(k: Double)

    /// `alpha` times the vector leg's normalised score plus `1 − alpha` times the lexical one's (Bruch, Gai and
    /// Ingber, arXiv 2210.11934). A chunk that a leg did not find counts as having that leg's lowest score, and as
    /// nothing where min-max finds all scores equal.
    case convex(alpha: Double, normalization: Normalization)

    /// How scores of different legs are made comparable.
    public enum Normalization: Sendable, Hashable {
        /// To 0...1 between the lowest and the highest score of the leg. Where all are equal, each counts as the highest.
        case minMax
        /// To 0...1 between the lowest score that the leg can give (−1 for cosine, 0 for BM25) and its highest.
        case theoreticalMinimum
        /// To standard deviations from the leg's mean.
        case zScore
    }
}

/// A chunk with its fused score and what each leg said.
public struct FusedHit: Sendable, Hashable {
    public var id: ChunkID
    public var score: Double
    public var legs: [Leg: LegScore]

    public init(id: ChunkID, score: Double, legs: [Leg: LegScore]) {
        self.id = id
        self.score = score
        self.legs = legs
    }
}

extension Fusion {
    /// The best `limit` chunks of all legs: score descending, then id ascending.
    ///
    /// A leg without hits takes no part; a single leg keeps its order.
    /// - Parameters:
    ///   - legs: Each leg's hits, best first.
    ///   - others: What a leg would have said of chunks that only other legs found. A convex combination needs these
    ///     scores to be fair to such chunks; where they are missing, a chunk counts as the lowest of the leg's hits.
    /// - Complexity: O(n log n) in the hits of all legs.
    public func fuse(
        _ legs: [Leg: [ScoredID]], scoresOfOthers others: [Leg: [ScoredID]] = [:], limit: Int
    ) -> [FusedHit] {
        var fused: [ChunkID: FusedHit] = [:]
        let present = legs.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        for (leg, hits) in present {
            for (index, hit) in hits.enumerated() {
                fused[hit.id, default: FusedHit(id: hit.id, score: 0, legs: [:])].legs[leg] =
                    LegScore(rank: index + 1, score: Double(hit.score))
            }
        }
        for (leg, hits) in present {
            let scores = scores(of: leg, hits, others: others[leg] ?? [], legCount: present.count)
            for id in fused.keys { fused[id]?.score += scores.byID[id] ?? scores.missing }
        }
        let order = fused.values.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        return Array(order.prefix(max(0, limit)))
    }

    /// What one leg adds to the score of each chunk, and to that of a chunk it says nothing of.
    private func scores(
        of leg: Leg, _ hits: [ScoredID], others: [ScoredID], legCount: Int
    ) -> (byID: [ChunkID: Double], missing: Double) {
        switch self {
        case .reciprocalRank(let k):
            let scale = (k + 1) / Double(legCount)
            let pairs = hits.enumerated().map { ($1.id, scale / (k + Double($0 + 1))) }
            return (Dictionary(pairs, uniquingKeysWith: max), 0)
        case .convex(let alpha, let normalization):
            let weight = legCount == 1 ? 1 : leg == .vector ? alpha : 1 - alpha
            let known = hits + others
            let scores = normalization.normalized(known.map { Double($0.score) }, of: leg)
            return (
                Dictionary(zip(known.map(\.id), scores.values.map { weight * $0 }), uniquingKeysWith: max),
                weight * scores.missing
            )
        }
    }
}

extension Fusion.Normalization {
    /// Scores made comparable, and what a chunk counts as that the leg gave no score.
    fileprivate func normalized(_ scores: [Double], of leg: Leg) -> (values: [Double], missing: Double) {
        let highest = scores.max() ?? 0
        let lowest = scores.min() ?? 0
        func scaled(from offset: Double, by scale: Double) -> (values: [Double], missing: Double) {
            (scores.map { ($0 - offset) * scale }, (lowest - offset) * scale)
        }
        switch self {
        case .minMax:
            guard highest > lowest else { return (scores.map { _ in 1 }, 0) }
            return scaled(from: lowest, by: 1 / (highest - lowest))
        case .theoreticalMinimum:
            let floor: Double =
                switch leg {
                case .vector: -1
                case .bm25: 0
                }
            return scaled(from: floor, by: highest > floor ? 1 / (highest - floor) : 1)
        case .zScore:
            let mean = scores.reduce(0, +) / Double(scores.count)
            let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
            return scaled(from: mean, by: variance > 0 ? 1 / variance.squareRoot() : 1)
        }
    }
}
