package import GRDB
public import QuarryCore

/// How the score of a chunk is calculated.
public struct BM25Explanation: Sendable, Hashable {
    /// The contribution of one term of the query.
    public struct Term: Sendable, Hashable {
        /// The form that counts: the one with the highest weighted frequency in the chunk.
        public var term: String
        /// How often the term occurs in the query, each time by its weight.
        public var multiplicity: Double
        /// Chunks that contain any form of the term in any field.
        public var chunkCount: Int
        public var inverseFrequency: Double
        /// How often the form occurs in each field of the chunk.
        public var title: Int
        public var heading: Int
        public var body: Int
        /// The weighted sum of the frequencies.
        public var weightedFrequency: Double
        public var contribution: Double
    }

    public var id: ChunkID
    /// The sum of the contributions: the score of a search with the same parameters, before it is rounded to `Float`.
    public var score: Double
    /// The weighted length of the chunk, in terms.
    public var length: Double
    /// The weighted length of the average chunk.
    public var averageLength: Double
    /// Chunks in the index.
    public var chunkCount: Int
    /// The distinct query terms with a form that occurs in the index, in byte order.
    public var terms: [Term]
}

extension BM25Table {
    /// Explains a chunk's score for a query; nil if the chunk is not in the index.
    package static func explain(
        in db: Database, terms: [QueryTerm], chunk: ChunkID, parameters: BM25Parameters = BM25Parameters()
    ) throws -> BM25Explanation? {
        try parameters.validate()
        let totals = try totals(in: db)
        let store = LengthStore(db: db, isChecked: totals.format == .checked)
        guard chunk.rawValue >= 0, let lengths = try store.lengths(of: chunk.rawValue) else { return nil }
        let statistics = totals.statistics
        let average = statistics.averageLength(parameters.weights)
        let length = parameters.weights.weighted(lengths)
        let relativeLength = parameters.relativeLength(length, average: average)

        var explanation = BM25Explanation(
            id: chunk, score: 0, length: length, averageLength: average, chunkCount: statistics.chunks, terms: [])
        for term in merged(terms) {
            let forms = try term.forms.compactMap {
                try StoredPostings(of: $0, in: db, format: totals.format)
            }
            guard var best = forms.first.map({ (form: $0.term, counts: FieldCounts()) }) else { continue }
            var chunks: Set<Int64> = []
            for form in forms {
                try form.forEach { posting in
                    chunks.insert(posting.chunk)
                    guard posting.chunk == chunk.rawValue else { return }
                    let isBetter =
                        parameters.weights.weighted(posting.counts) > parameters.weights.weighted(best.counts)
                    if isBetter { best = (form.term, posting.counts) }
                }
            }
            let frequency = parameters.weights.weighted(best.counts)
            let idf = parameters.inverseFrequency(chunksWithTerm: chunks.count, chunks: statistics.chunks)
            let contribution =
                term.weight * idf * Double(parameters.saturation(frequency, relativeLength: relativeLength))
            explanation.score += contribution
            explanation.terms.append(
                .init(
                    term: best.form, multiplicity: term.weight, chunkCount: chunks.count, inverseFrequency: idf,
                    title: Int(best.counts.title), heading: Int(best.counts.heading), body: Int(best.counts.body),
                    weightedFrequency: frequency, contribution: contribution))
        }
        return explanation
    }
}
