/// The results of a system: the scored documents of each query.
public struct Run: Sendable, Hashable {
    public struct Hit: Sendable, Hashable {
        public var document: String
        public var score: Double

        public init(document: String, score: Double) {
            self.document = document
            self.score = score
        }
    }

    /// The system's name, which is the tag of a TREC run file.
    public var name: String
    /// Query id → hits, in their original order.
    public private(set) var hits: [String: [Hit]]

    public init(name: String, hits: [String: [Hit]] = [:]) {
        self.name = name
        self.hits = hits
    }

    /// The ids of the queries with results, sorted by Unicode scalars.
    public var queries: [String] { hits.keys.sorted(by: precedesByScalars) }

    public mutating func append(_ hit: Hit, for query: String) { hits[query, default: []].append(hit) }

    /// Appends documents, best first. Their scores fall by one, from their count to 1.
    public mutating func append(ranking: [String], for query: String) {
        for (index, document) in ranking.enumerated() {
            append(Hit(document: document, score: Double(ranking.count - index)), for: query)
        }
    }

    /// Document ids, best first: by score, and equal scores by descending id, as in trec_eval.
    ///
    /// A document that occurs twice keeps only its better rank.
    public func ranking(for query: String) -> [String] {
        let ordered = (hits[query] ?? []).sorted { a, b in
            a.score != b.score ? a.score > b.score : precedesByScalars(b.document, a.document)
        }
        var seen: Set<String> = []
        return ordered.compactMap { seen.insert($0.document).inserted ? $0.document : nil }
    }
}
