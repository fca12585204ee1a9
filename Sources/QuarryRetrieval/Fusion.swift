public import QuarryCore

/// How the scores of several legs are combined.
public enum Fusion: Sendable, Hashable, Codable {
    /// Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): the sum over legs of 1 / (k + rank), scaled
    /// by (k + 1) / legs so that a chunk that is first in every leg scores 1. A leg that has no score for a chunk, such
    /// as the vector leg for one without a vector, does not count among its legs.
    case reciprocalRank(k: Double)

    /// The weighted mean of the legs' normalised scores (Bruch, Gai and Ingber, arXiv 2210.11934). Only legs with a
    /// score for a chunk count, so that a chunk without a vector is judged by its words.
    ///
    /// A leg without a given weight has weight 0.5.
    case convex(weights: [LegName: Double], normalization: Normalization)

    /// `alpha` for the vector leg, `1 − alpha` for the lexical one.
    public static func convex(alpha: Double, normalization: Normalization) -> Fusion {
        .convex(weights: [.vector: alpha, .bm25: 1 - alpha], normalization: normalization)
    }

    /// How scores of different legs are made comparable.
    public enum Normalization: String, Sendable, Hashable, Codable {
        /// To 0...1 between the lowest and the highest score of the leg. Where all are equal, each counts as the highest.
        case minMax
        /// To 0...1 between the lowest score that the leg can give and its highest.
        case theoreticalMinimum
        /// To standard deviations from the leg's mean.
        ///
        /// A deviation counts as at least a quarter of the distance from the mean to the highest score, so no chunk is
        /// more than four above the mean: a leg that finds one chunk by a rare word does not decide alone. Where all
        /// scores are equal, each is 0.
        case zScore
    }
}

/// `rrf`, `rrf:K`, or the weight of the vector leg from 0 to 1, optionally followed by a normalisation: `0.6:minmax`.
extension Fusion {
    /// - Returns: nil for any other text.
    package init?(written text: String) {
        if text == "rrf" {
            self = .reciprocalRank(k: 60)
        } else if text.hasPrefix("rrf:"), let k = Double(text.dropFirst(4)), k > 0, k.isFinite {
            self = .reciprocalRank(k: k)
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let alpha = Double(parts[0]), (0...1).contains(alpha) else { return nil }
            guard let normalization = parts.count == 1 ? .zScore : Normalization.byName[String(parts[1])] else {
                return nil
            }
            self = .convex(alpha: alpha, normalization: normalization)
        }
    }

    /// The texts that ``init(written:)`` accepts.
    package static let wanted = "rrf or a number from 0 to 1, with or without :z, :minmax or :theoretical"

    /// The shortest text of the fusion; the ``description`` if it has weights of other legs.
    package var written: String {
        switch self {
        case .reciprocalRank(let k): return k == 60 ? "rrf" : "rrf:\(k)"
        case .convex(let weights, let normalization):
            let name = Normalization.byName.first { $0.value == normalization }?.key
            guard weights.count == 2, let alpha = weights[.vector], weights[.bm25] == 1 - alpha, let name else {
                return description
            }
            return "\(alpha):\(name)"
        }
    }
}

extension Fusion.Normalization {
    fileprivate static let byName: [String: Fusion.Normalization] = [
        "minmax": .minMax, "theoretical": .theoreticalMinimum, "z": .zScore,
    ]
}

/// The same text for equal values in every process.
extension Fusion: CustomStringConvertible {
    public var description: String {
        switch self {
        case .reciprocalRank(let k): "reciprocalRank(\(k))"
        case .convex(let weights, let normalization):
            "convex(\(weights.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }), \(normalization))"
        }
    }
}

/// The result of one leg.
public struct LegResult: Sendable, Hashable {
    public var name: LegName
    /// The lowest possible score of the leg.
    public var scoreFloor: Double
    /// Best first.
    public var hits: [ScoredID]
    /// The leg's scores for chunks that only other legs found, if it has scores for them; nil if not known.
    public var others: [ScoredID]?

    public init(_ name: LegName, scoreFloor: Double = 0, hits: [ScoredID], others: [ScoredID]? = nil) {
        self.name = name
        self.scoreFloor = scoreFloor
        self.hits = hits
        self.others = others
    }

    /// A score that chunks reach without being about the question: that of the 40th hit, or of the best eighth
    /// of fewer than 320 searched chunks. Nil for fewer than 40: some of so few may all be about the question.
    func backgroundScore(among searched: Int) -> Double? {
        let rank = min(40, searched / 8)
        return rank < 5 || hits.count < rank ? nil : Double(hits[rank - 1].score)
    }
}

/// A chunk with its fused score and its score in each leg.
public struct FusedHit: Sendable, Hashable {
    public var id: ChunkID
    public var score: Double
    public var legs: [LegName: LegScore]

    public init(id: ChunkID, score: Double, legs: [LegName: LegScore]) {
        self.id = id
        self.score = score
        self.legs = legs
    }
}

extension Fusion {
    /// The best `limit` chunks of all legs: score descending, then id ascending.
    ///
    /// A leg without hits is ignored; a single leg keeps its order. Where no score differs from the mean, as with a single
    /// hit, each hit scores 1.
    /// - Complexity: O(n log n) in the hits of all legs.
    public func fuse(_ results: [LegResult], limit: Int) -> [FusedHit] {
        let present = results.filter { !$0.hits.isEmpty }.sorted { $0.name < $1.name }
        if present.count == 1 { return readable(ranked(present[0], limit: limit)) }
        let votes = present.map { (weight: weight(of: $0.name), scores: scores(of: $0)) }
        var fused: [ChunkID: FusedHit] = [:]
        for leg in present {
            for (index, hit) in leg.hits.enumerated() {
                fused[hit.id, default: FusedHit(id: hit.id, score: 0, legs: [:])].legs[leg.name] =
                    LegScore(rank: index + 1, score: Double(hit.score))
            }
        }
        for leg in present {
            for other in leg.others ?? [] {
                fused[other.id]?.legs[leg.name] = LegScore(rank: nil, score: Double(other.score))
            }
        }
        for id in fused.keys {
            let verdicts = votes.compactMap { vote in vote.scores[id].map { (weight: vote.weight, score: $0) } }
            let legCount = present.count { $0.others == nil || fused[id]?.legs[$0.name] != nil }
            fused[id]?.score = combined(verdicts, legCount: legCount)
        }
        let order = fused.values.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
        return readable(Array(order.prefix(max(0, limit))))
    }

    /// The hits, with 1 for their scores if all are 0: a person would take that for no match.
    private func readable(_ hits: [FusedHit]) -> [FusedHit] {
        guard hits.allSatisfy({ $0.score == 0 }) else { return hits }
        return hits.map { FusedHit(id: $0.id, score: 1, legs: $0.legs) }
    }

    /// The hits of a search by one leg.
    private func ranked(_ leg: LegResult, limit: Int) -> [FusedHit] {
        let scores = comparable(leg.hits, of: leg)
        return leg.hits.indices.prefix(max(0, limit)).map { index in
            let hit = leg.hits[index]
            return FusedHit(
                id: hit.id, score: scores[index],
                legs: [leg.name: LegScore(rank: index + 1, score: Double(hit.score))])
        }
    }

    private func weight(of leg: LegName) -> Double {
        if case .convex(let weights, _) = self { weights[leg] ?? 0.5 } else { 1 }
    }

    private func combined(_ verdicts: [(weight: Double, score: Double)], legCount: Int) -> Double {
        if case .reciprocalRank = self { return verdicts.reduce(0) { $0 + $1.score } / Double(max(1, legCount)) }
        let total = verdicts.reduce(0) { $0 + $1.weight }
        // Legs of weight zero decide only if no other leg has a score.
        guard total > 0 else { return verdicts.reduce(0) { $0 + $1.score / Double(verdicts.count) } }
        return verdicts.reduce(0) { $0 + $1.weight / total * $1.score }
    }

    /// The scores of one leg by chunk, comparable with the scores of other legs.
    private func scores(of leg: LegResult) -> [ChunkID: Double] {
        let known: [ScoredID] = if case .reciprocalRank = self { leg.hits } else { leg.hits + (leg.others ?? []) }
        return Dictionary(zip(known.map(\.id), comparable(known, of: leg)), uniquingKeysWith: max)
    }

    /// - `known`: The hits of the leg, and what follows them.
    private func comparable(_ known: [ScoredID], of leg: LegResult) -> [Double] {
        switch self {
        case .reciprocalRank(let k): known.indices.map { (k + 1) / (k + Double($0 + 1)) }
        case .convex(_, let normalization):
            normalization.normalized(known.map { Double($0.score) }, floor: leg.scoreFloor)
        }
    }
}

extension Fusion.Normalization {
    fileprivate func normalized(_ scores: [Double], floor: Double) -> [Double] {
        let highest = scores.max() ?? 0
        let lowest = scores.min() ?? 0
        func scaled(from offset: Double, by scale: Double) -> [Double] { scores.map { ($0 - offset) * scale } }
        switch self {
        case .minMax:
            guard highest > lowest else { return scores.map { _ in 1 } }
            return scaled(from: lowest, by: 1 / (highest - lowest))
        case .theoreticalMinimum:
            return scaled(from: floor, by: highest > floor ? 1 / (highest - floor) : 1)
        case .zScore:
            let mean = scores.reduce(0, +) / Double(scores.count)
            let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
            let deviation = max(variance.squareRoot(), (highest - mean) / 4)
            return scaled(from: mean, by: deviation > 0 ? 1 / deviation : 1)
        }
    }
}
