/// A question put to a corpus.
public struct Query: Sendable, Hashable {
    public var text: String
    /// Only chunks of documents that match take part, in every leg.
    public var filter: Filter?
    /// The question's vector, where it was made before. The default is nil: a retriever that needs it makes it.
    public var vector: QueryVector?

    public init(_ text: String, filter: Filter? = nil, vector: QueryVector? = nil) {
        self.text = text
        self.filter = filter
        self.vector = vector
    }
}

/// The vector of a question, and how it was made.
public struct QueryVector: Sendable, Hashable {
    public var values: [Float]
    public var fingerprint: EmbeddingFingerprint

    public init(_ values: [Float], by fingerprint: EmbeddingFingerprint) {
        self.values = values
        self.fingerprint = fingerprint
    }
}

/// A question as legs and re-rankers get it: analysed once, embedded once.
public struct AnalyzedQuery: Sendable, Hashable {
    public var text: String
    /// Lexical terms in text order, repeats included.
    public var terms: [String]
    /// nil where no embedding model takes part.
    public var vector: QueryVector?

    public init(_ text: String, terms: [String] = [], vector: QueryVector? = nil) {
        self.text = text
        self.terms = terms
        self.vector = vector
    }
}

/// An engine's verdict on one chunk. Higher is better in every engine.
public struct ScoredID: Sendable, Hashable {
    public var id: ChunkID
    public var score: Float

    public init(id: ChunkID, score: Float) {
        self.id = id
        self.score = score
    }

    /// The total order of hits: score descending, then id ascending.
    public static func precedes(_ a: ScoredID, _ b: ScoredID) -> Bool {
        a.score != b.score ? a.score > b.score : a.id < b.id
    }
}

/// What one leg said of a chunk.
public struct LegScore: Sendable, Hashable, Codable {
    /// From 1.
    public var rank: Int
    /// Cosine for the vector leg; the BM25 sum for the lexical one.
    public var score: Double

    public init(rank: Int, score: Double) {
        self.rank = rank
        self.score = score
    }
}

/// A hit: a chunk, where it stands, and why it was found.
public struct ScoredChunk: Sendable, Hashable {
    public var id: ChunkID
    public var passage: Passage
    /// After fusion and re-ranking. Comparable within one list only.
    public var score: Double
    /// What each leg that found the chunk said of it.
    public var legs: [LegName: LegScore]

    public init(id: ChunkID, passage: Passage, score: Double, legs: [LegName: LegScore] = [:]) {
        self.id = id
        self.passage = passage
        self.score = score
        self.legs = legs
    }

    public var chunk: Chunk { passage.chunk }
    public var documentTitle: String? { passage.documentTitle }
    public var language: String? { passage.language }
    /// The place of the whole chunk.
    public var location: SourceLocation { passage.location }

    /// The place of a part of the chunk, given as UTF-8 offsets into its text.
    public func location(of range: Range<Int>) -> SourceLocation { passage.location(of: range) }
}

/// What a search found, and what it learned on the way.
public struct Retrieval: Sendable, Hashable {
    /// Best first.
    public var hits: [ScoredChunk]
    /// Sentences for a person, such as why a leg took no part.
    public var warnings: [String]
    /// The lexical terms that the question was searched by.
    public var terms: [String]
    /// The question's vector; nil where it was searched by words only.
    public var vector: QueryVector?
    /// Whether no document matches the filter, so that nothing could be found.
    public var filterMatchesNothing: Bool

    public init(
        hits: [ScoredChunk] = [], warnings: [String] = [], terms: [String] = [], vector: QueryVector? = nil,
        filterMatchesNothing: Bool = false
    ) {
        self.hits = hits
        self.warnings = warnings
        self.terms = terms
        self.vector = vector
        self.filterMatchesNothing = filterMatchesNothing
    }
}

/// Finds the chunks that may answer a question.
public protocol Retriever: Sendable {
    func retrieve(_ query: Query, limit: Int) async throws -> Retrieval
}

/// Puts candidates in a better order. Never adds one.
public protocol Reranker: Sendable {
    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk]
}

/// An error of a service that may be gone the next time, with nothing changed: a search can do without the service.
public protocol TransientFailure: Error {
    /// False for what only a person can mend, such as a wrong key or a budget that is used up.
    var isTransient: Bool { get }
}

/// Keeps vectors and finds the nearest by cosine.
public protocol VectorStore: Sendable {
    /// Adds rows, replacing those whose id is already there. `ids.count` equals `vectors.count`.
    func upsert(_ vectors: EmbeddingBatch, ids: [ChunkID]) async throws
    /// The best `limit` rows in the order of ``ScoredID/precedes(_:_:)``, cosine as score.
    ///
    /// - `mask`: Only these rows take part, before the best are taken, so that a filter never costs hits; nil for
    ///   all.
    func nearest(to query: [Float], limit: Int, among mask: ChunkMask?) async throws -> [ScoredID]
    /// Removes rows; ids that are not there are ignored.
    func remove(_ ids: [ChunkID]) async throws
}

extension VectorStore {
    /// The best `limit` of all rows.
    public func nearest(to query: [Float], limit: Int) async throws -> [ScoredID] {
        try await nearest(to: query, limit: limit, among: nil)
    }
}
