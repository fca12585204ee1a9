/// A question put to a corpus.
public struct Query: Sendable, Hashable {
    public var text: String
    /// Only chunks of documents that match take part, in every leg.
    public var filter: Filter?

    public init(_ text: String, filter: Filter? = nil) {
        self.text = text
        self.filter = filter
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

/// A way by which a chunk was found.
public enum Leg: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case vector
    case bm25

    public static func < (a: Leg, b: Leg) -> Bool { a.rawValue < b.rawValue }
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
    public var chunk: Chunk
    public var documentTitle: String?
    /// The language of its document as an ISO 639-1 code, nil where it is not known. Terms of the chunk are those that
    /// the analyzer makes for it.
    public var language: String?
    public var location: SourceLocation
    /// After fusion and re-ranking. Comparable within one list only.
    public var score: Double
    /// What each leg that found the chunk said of it.
    public var legs: [Leg: LegScore]

    public init(
        id: ChunkID, chunk: Chunk, documentTitle: String? = nil, language: String? = nil, location: SourceLocation,
        score: Double, legs: [Leg: LegScore] = [:]
    ) {
        self.id = id
        self.chunk = chunk
        self.documentTitle = documentTitle
        self.language = language
        self.location = location
        self.score = score
        self.legs = legs
    }
}

/// Finds the chunks that may answer a question, best first.
public protocol Retriever: Sendable {
    func retrieve(_ query: Query, limit: Int) async throws -> [ScoredChunk]
    /// Whether no document matches the filter, so that nothing can be found under it. The default is false: unknown.
    func isEmpty(under filter: Filter) async throws -> Bool
}

extension Retriever {
    public func isEmpty(under filter: Filter) async throws -> Bool { false }
}

/// Puts candidates in a better order. Never adds one.
public protocol Reranker: Sendable {
    func rerank(_ candidates: [ScoredChunk], for query: String) async throws -> [ScoredChunk]
}

/// Keeps vectors and finds the nearest by cosine.
public protocol VectorStore: Sendable {
    /// Adds rows, replacing those whose id is already there. `ids.count` equals `vectors.count`.
    func upsert(_ vectors: EmbeddingBatch, ids: [ChunkID]) async throws
    /// The best `limit` rows in the order of ``ScoredID/precedes(_:_:)``, cosine as score.
    func nearest(to query: [Float], limit: Int) async throws -> [ScoredID]
    /// Removes rows; ids that are not there are ignored.
    func remove(_ ids: [ChunkID]) async throws
}

/// A store that applies a mask before it takes the top, so that a filter never costs hits.
public protocol FilteringVectorStore: VectorStore {
    func nearest(to query: [Float], limit: Int, among mask: ChunkMask) async throws -> [ScoredID]
}
