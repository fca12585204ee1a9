import Foundation

/// A metric of one query's ranking, from 0 to 1. Definitions and values agree with trec_eval 9.
public enum Metric: Sendable, Hashable {
    /// Normalised discounted cumulative gain: Σ grade / log2(rank + 1), divided by that of the ideal ranking, both to
    /// the cut-off. Gain is linear in the grade.
    case ndcg(at: Int)
    /// The share of the relevant documents within the cut-off.
    case recall(at: Int)
    /// The share of relevant documents in the first k ranks. Empty ranks count as not relevant.
    case precision(at: Int)
    /// 1 / rank of the first relevant document, or 0 without one within the cut-off. Its mean is MRR.
    case reciprocalRank(at: Int)
    /// The mean of the precisions at each relevant document, with 0 for missing ones. Its mean is MAP.
    case averagePrecision
    /// 1 if a relevant document is within the cut-off.
    case success(at: Int)

    /// - Parameters:
    ///   - ranking: Document ids, best first, each once.
    ///   - grades: Judged documents; others count as not relevant.
    /// - Complexity: O(ranking + grades log grades).
    public func value(of ranking: [String], grades: [String: Int]) -> Double {
        let relevant = grades.values.count { $0 > 0 }
        guard relevant > 0 else { return 0 }
        let isRelevant = { (document: String) in grades[document, default: 0] > 0 }
        switch self {
        case .ndcg(let k):
            let ideal = Self.discountedGain(grades.values.sorted(by: >).prefix(max(0, k)))
            let gain = Self.discountedGain(ranking.prefix(max(0, k)).map { grades[$0, default: 0] }[...])
            return ideal > 0 ? gain / ideal : 0
        case .recall(let k):
            return Double(ranking.prefix(max(0, k)).count(where: isRelevant)) / Double(relevant)
        case .precision(let k):
            return k > 0 ? Double(ranking.prefix(k).count(where: isRelevant)) / Double(k) : 0
        case .reciprocalRank(let k):
            let first = ranking.prefix(max(0, k)).firstIndex(where: isRelevant)
            return first.map { 1 / Double($0 + 1) } ?? 0
        case .averagePrecision:
            var found = 0
            var sum = 0.0
            for (index, document) in ranking.enumerated() where isRelevant(document) {
                found += 1
                sum += Double(found) / Double(index + 1)
            }
            return sum / Double(relevant)
        case .success(let k):
            return ranking.prefix(max(0, k)).contains(where: isRelevant) ? 1 : 0
        }
    }

    private static func discountedGain(_ grades: ArraySlice<Int>) -> Double {
        grades.enumerated().reduce(0) { $0 + Double(max(0, $1.element)) / log2(Double($1.offset) + 2) }
    }
}

extension Metric: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ndcg(let k): "nDCG@\(k)"
        case .recall(let k): "recall@\(k)"
        case .precision(let k): "P@\(k)"
        case .reciprocalRank(let k): "MRR@\(k)"
        case .averagePrecision: "MAP"
        case .success(let k): "success@\(k)"
        }
    }
}
