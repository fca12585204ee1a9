public import QuarryCore

/// Says that a leg had nothing to say on a query, so that half a search is not taken for a whole one.
public struct LegWarning: Sendable, Hashable, CustomStringConvertible {
    public var leg: Leg
    /// Names of the query's scripts, as given.
    public var scripts: [String]
    /// Legs that did find something.
    public var remaining: [Leg]

    public var description: String {
        let query = scripts.isEmpty ? "this query" : "this \(scripts.joined(separator: " and ")) query"
        guard !remaining.isEmpty else {
            return "\(leg.subject) found nothing for \(query), and no other leg did. "
                + "Ask in the language of the documents, or with other words."
        }
        let others = remaining.map(\.phrase).joined(separator: " and ")
        switch leg {
        case .bm25:
            return "\(leg.subject) found nothing for \(query): no indexed word matches. "
                + "Hits come from \(others) alone. Ask in the language of the documents to use both."
        case .vector:
            return "\(leg.subject) found nothing for \(query). Hits come from \(others) alone. "
                + "Check that the index has vectors for the documents that the filter lets through."
        }
    }

    /// A warning for each leg that was asked and found nothing, in the order of ``Leg``.
    ///
    /// - Parameters:
    ///   - scripts: Names of the scripts that the query is written in, such as `Cyrillic`.
    ///   - hits: How many hits each leg that was asked found.
    public static func warnings(scripts: [String], hits: [Leg: Int]) -> [LegWarning] {
        let remaining = Leg.allCases.sorted().filter { hits[$0, default: 0] > 0 }
        return Leg.allCases.sorted().filter { hits[$0] == 0 }.map {
            LegWarning(leg: $0, scripts: scripts, remaining: remaining)
        }
    }
}

extension Leg {
    fileprivate var subject: String {
        switch self {
        case .vector: "The vector search"
        case .bm25: "The word search (BM25)"
        }
    }

    fileprivate var phrase: String {
        switch self {
        case .vector: "the vector search"
        case .bm25: "the word search (BM25)"
        }
    }
}
