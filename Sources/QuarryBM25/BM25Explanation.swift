package import GRDB
public import QuarryCore

/// How the score of a chunk is calculated.
public struct BM25Explanation: Sendable, Hashable {
    /// The contribution of one term of the query.
    public struct Term: Sendable, Hashable {
        public var term: String
        /// How often the term occurs in the query.
        public var multiplicity: Int
        /// Chunks that contain the term in any field.
        public var chunkCount: Int
        public var inverseFrequency: Double
        /// How often the term occurs in each field of the chunk.
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
    /// The distinct terms of the query that occur in the index, in byte order.
    public var terms: [Term]
}

extension BM25Table {
    /// Explains a chunk's score for a query; nil if the chunk is not in the index.
    package static func explain(
        in db: Database, terms: [String], chunk: ChunkID, parameters: BM25Parameters = BM25Parameters()
    ) throws -> BM25Explanation? {
        try parameters.validate()
        guard chunk.rawValue >= 0, let lengths = try LengthStore(db: db).lengths(of: chunk.rawValue) else {
            return nil
        }
        let statistics = try statistics(in: db)
        let average = statistics.averageLength(parameters.weights)
        let length = parameters.weights.weighted(lengths)
        let slope = average > 0 ? parameters.k1 * parameters.b / average : 0
        let norm = parameters.k1 * (1 - parameters.b) + slope * length

        var explanation = BM25Explanation(
            id: chunk, score: 0, length: length, averageLength: average, chunkCount: statistics.chunks, terms: [])
        for (term, multiplicity) in counted(terms) {
            guard let number = try number(of: term, in: db) else { continue }
            let count = try StoredPostings(of: number, term: term, in: db).count
            let block = try PostingStore(db: db, term: number).block(for: chunk.rawValue)
            let counts = block?.postings.first { $0.chunk == chunk.rawValue }?.counts ?? FieldCounts()
            let frequency = parameters.weights.weighted(counts)
            let idf = idf(chunksWithTerm: count, chunks: statistics.chunks)
            let contribution = frequency > 0 ? Double(multiplicity) * idf * (frequency / (frequency + norm)) : 0
            explanation.score += contribution
            explanation.terms.append(
                .init(
                    term: term, multiplicity: multiplicity, chunkCount: count, inverseFrequency: idf,
                    title: Int(counts.title), heading: Int(counts.heading), body: Int(counts.body),
                    weightedFrequency: frequency, contribution: contribution))
        }
        return explanation
    }
}
