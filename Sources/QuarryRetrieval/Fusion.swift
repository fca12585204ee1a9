public import QuarryCore

/// How the legs' rankings become one.
public enum Fusion: Sendable, Hashable {
    /// Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009), scaled to at most 1.
    ///
    /// Over the n legs that found anything, score(d) = (k + 1) / n · Σ 1 / (k + rank(d)); a leg without the chunk adds
    /// nothing. First in every leg scores 1; first of two legs and absent from the other, 0.5. The usual k is 60.
    case reciprocalRank(k: Double)
    /// A convex combination of normalised scores: alpha · vector + (1 − alpha) · bm25 (Bruch, Gai and Ingber,
    /// "An Analysis of Fusion Functions for Hybrid Retrieval", arXiv 2210.11934).
    ///
    /// A chunk that a leg did not find gets that leg's lowest score, the most the leg can have thought of it. A leg that
    /// found nothing gives its weight to the other. `alpha` is taken into 0...1.
    case convex(alpha: Double, normalization: Normalization)

    /// How the scores of one leg are made comparable with those of another.
    public enum Normalization: String, Sendable, Hashable, Codable, CaseIterable {
        /// (s − lowest) / (highest − lowest): from 0 to 1 in every leg.
        case minMax
        /// As `minMax`, with the lowest score that the leg could give (cosine −1, BM25 0) in place of the lowest it gave.
        case theoreticalMinimum
        /// (s − mean) / standard deviation. The sum has no bounds.
        case zScore
    }
}

/// A chunk after fusion.
public struct FusedHit: Sendable, Hashable {
    public var id: ChunkID
    public var score: Double
    /// What each leg that found the chunk said of it.
    public var legs: [Leg: LegScore]

    public init(id: ChunkID, score: Double, legs: [Leg: LegScore]) {
        self.id = id
        self.score = score
        self.legs = legs
    }
}

extension Fusion {
    /// The best `limit` chunks of all legs, score descending, then id ascending.
    ///
    /// Where one leg alone found anything, its order is kept. An id that stands twice in a leg counts once, at its first
    /// place.
    /// - Parameter legs: Hits of each leg, best first.
    /// - Complexity: O(n log n) in the number of hits.
    public func fuse(_ legs: [Leg: [ScoredID]], limit: Int) -> [FusedHit] {
        var found: [ChunkID: [Leg: LegScore]] = [:]
        var weights: [(leg: Leg, scale: Scale)] = []
        for leg in Leg.allCases {
            guard let hits = legs[leg], !hits.isEmpty else { continue }
            for (index, hit) in hits.enumerated() where found[hit.id]?[leg] == nil {
                found[hit.id, default: [:]][leg] = LegScore(rank: index + 1, score: Double(hit.score))
            }
            weights.append((leg, scale(leg, hits.map { Double($0.score) })))
        }
        let total = weights.reduce(0) { $0 + $1.scale.weight }
        let fused = found.map { id, scores in
            let sum = weights.reduce(0) { $0 + $1.scale.weight * $1.scale.value(scores[$1.leg]) }
            return FusedHit(id: id, score: sum / total, legs: scores)
        }
        let ordered = fused.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        if weights.count == 1, let leg = weights.first?.leg {
            let kept = ordered.sorted { ($0.legs[leg]?.rank ?? 0) < ($1.legs[leg]?.rank ?? 0) }
            return Array(kept.prefix(max(0, limit)))
        }
        return Array(ordered.prefix(max(0, limit)))
    }

    /// What a leg's verdict is worth.
    private struct Scale {
        var weight: Double
        /// The worth of a verdict, or of none.
        var value: (LegScore?) -> Double
    }

    private func scale(_ leg: Leg, _ scores: [Double]) -> Scale {
        switch self {
        case .reciprocalRank(let k):
            let k = max(0, k)
            return Scale(weight: 1) { verdict in verdict.map { (k + 1) / (k + Double($0.rank)) } ?? 0 }
        case .convex(let alpha, let normalization):
            let alpha = min(max(0, alpha), 1)
            let lowest = scores.min() ?? 0
            let normalized = normalization.map(of: scores, leg: leg)
            // A weight of nothing would lose the hits of a leg that stands alone.
            let weight = max(leg == .vector ? alpha : 1 - alpha, 1e-12)
            return Scale(weight: weight) { verdict in normalized(verdict?.score ?? lowest) }
        }
    }
}

extension Fusion.Normalization {
    fileprivate func map(of scores: [Double], leg: Leg) -> (Double) -> Double {
        let highest = scores.max() ?? 0
        switch self {
        case .minMax: return Self.linear(from: scores.min() ?? 0, to: highest)
        case .theoreticalMinimum: return Self.linear(from: leg == .vector ? -1 : 0, to: highest)
        case .zScore:
            let mean = scores.reduce(0, +) / Double(max(1, scores.count))
            let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, scores.count))
            return variance > 0 ? { ($0 - mean) / variance.squareRoot() } : { _ in 0 }
        }
    }

    /// Equal scores are all worth 1.
    private static func linear(from low: Double, to high: Double) -> (Double) -> Double {
        high > low ? { ($0 - low) / (high - low) } : { _ in 1 }
    }
}
