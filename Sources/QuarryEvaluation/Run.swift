/// What a system returned: for each query, documents with scores.
public struct Run: Sendable, Hashable {
    public struct Hit: Sendable, Hashable {
        public var document: String
        public var score: Double

        public init(document: String, score: Double) {
            self.document = document
            self.score = score
        }
    }

    /// The system's name: the tag of a TREC run file.
    public var name: String
    /// Query id → hits, in the order given.
    public private(set) var hits: [String: [Hit]]

    public init(name: String, hits: [String: [Hit]] = [:]) {
        self.name = name
        self.hits = hits
    }

    /// Ids of the queries that the system answered, in the order of Unicode scalars.
    public var queries: [String] { hits.keys.sorted(by: precedesByScalars) }

    public mutating func append(_ hit: Hit, for query: String) { hits[query, default: []].append(hit) }

    /// Takes documents, best first, giving them scores that fall by one from their number to 1.
    public mutating func append(ranking: [String], for query: String) {
        for (index, document) in ranking.enumerated() {
            append(Hit(document: document, score: Double(ranking.count - index)), for: query)
        }
    }

    /// Document ids, best first: by score, equal scores by id in descending order, as trec_eval has it.
    ///
    /// A document that was given twice stands at its better place only.
    public func ranking(for query: String) -> [String] {
        let ordered = (hits[query] ?? []).sorted { a, b in
            a.score != b.score ? a.score > b.score : precedesByScalars(b.document, a.document)
        }
        var seen: Set<String> = []
        return ordered.compactMap { seen.insert($0.document).inserted ? $0.document : nil }
    }
}
