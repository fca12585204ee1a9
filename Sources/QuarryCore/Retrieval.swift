/// A question put to a corpus.
public struct Query: Sendable, Hashable {
    public var text: String
    /// Limits every leg to chunks of documents that match.
    public var filter: Filter?
    /// The question's vector, if already computed. The default is nil: a retriever that needs it computes it.
    public var vector: QueryVector?
    /// What to search for, if the operators of the text are already read. The default is nil: a retriever reads them.
    public var expression: QueryExpression?

    public init(
        _ text: String, filter: Filter? = nil, vector: QueryVector? = nil, expression: QueryExpression? = nil
    ) {
        self.text = text
        self.filter = filter
        self.vector = vector
        self.expression = expression
    }
}

/// The vector of a question, and the fingerprint of its model.
public struct QueryVector: Sendable, Hashable {
    public var values: [Float]
    public var fingerprint: EmbeddingFingerprint

    public init(_ values: [Float], by fingerprint: EmbeddingFingerprint) {
        self.values = values
        self.fingerprint = fingerprint
    }
}

/// A word of a question, with all index terms that it matches.
public struct QueryTerm: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The word's terms: its stems in several languages and its other spellings. Any one of them is a match, and several
    /// of them in one chunk are still one word. The first is the word in the language of the question. Not empty.
    public var forms: [String]
    /// How much a match counts: 1 for a word, less for the parts of a name such as `E-1042`, which is one word.
    public var weight: Double

    public init(forms: [String], weight: Double = 1) {
        self.forms = forms
        self.weight = weight
    }

    /// A word with one form.
    public init(_ form: String) { self.init(forms: [form]) }

    public init(stringLiteral form: String) { self.init(form) }
}

/// A question as legs and re-rankers receive it: analysed once, embedded once.
public struct AnalyzedQuery: Sendable, Hashable {
    public var text: String
    /// The words in text order, repeats included.
    public var terms: [QueryTerm]
    /// Nil if no embedding model is in use.
    public var vector: QueryVector?

    public init(_ text: String, terms: [QueryTerm] = [], vector: QueryVector? = nil) {
        self.text = text
        self.terms = terms
        self.vector = vector
    }
}

/// An engine's score for one chunk. Higher is better in every engine.
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

/// A leg's rank and score for a chunk.
public struct LegScore: Sendable, Hashable, Codable {
    /// From 1. Nil if another leg found the chunk and this one only scored it.
    public var rank: Int?
    /// Cosine for the vector leg; the BM25 sum for the lexical one.
    public var score: Double

    public init(rank: Int?, score: Double) {
        self.rank = rank
        self.score = score
    }
}

/// A hit: a chunk with its location, its score and the legs that found it.
public struct ScoredChunk: Sendable, Hashable {
    public var id: ChunkID
    public var passage: Passage
    /// After fusion and re-ranking. Comparable within one list only.
    public var score: Double
    /// Rank and score in each leg that has a score for the chunk. One without a vector has no score in the vector leg.
    public var legs: [LegName: LegScore]
    /// The same text elsewhere, or the same part of it: best first, at most 100. The default is none.
    public var duplicates: [Duplicate] = []
    /// The parts that the search found, if more was read around them: UTF-8 offsets into the text, ascending. The default
    /// is nil: all of the text was found.
    public var found: [Range<Int>]?

    public init(id: ChunkID, passage: Passage, score: Double, legs: [LegName: LegScore] = [:]) {
        self.id = id
        self.passage = passage
        self.score = score
        self.legs = legs
    }

    public var chunk: Chunk { passage.chunk }
    public var documentTitle: String? { passage.documentTitle }
    public var language: String? { passage.language }
    /// The location of the whole chunk.
    public var location: SourceLocation { passage.location }

    /// The location of a part of the chunk, given as UTF-8 offsets into its text.
    public func location(of range: Range<Int>) -> SourceLocation { passage.location(of: range) }
}

/// The result of a search.
public struct Retrieval: Sendable, Hashable {
    /// Best first.
    public var hits: [ScoredChunk]
    /// Sentences for a person, such as why a leg found nothing.
    public var warnings: [String]
    /// The lexical terms of the question, each in its first form.
    public var terms: [String]
    /// All index terms that a word of the question matches: what a hit was found by, as far as by words.
    public var forms: Set<String>
    /// How the question's operators were understood; nil if it has none.
    public var expression: QueryExpression?
    /// Words of the question that no document has, with those that were searched for as well.
    public var corrections: [WordCorrection]
    /// The question's vector; nil for a search by words only.
    public var vector: QueryVector?
    /// How many chunks have a vector; nil if no vector of the corpus was searched.
    public var vectorCoverage: VectorCoverage?
    /// A cosine that passages reach without being about the question: that of the 40th best
    /// passage, or of the best eighth of fewer than 320. Nil for fewer than 40, and if no vector was searched.
    public var backgroundCosine: Double?
    /// Whether no document matches the filter.
    public var filterMatchesNothing: Bool

    public init(
        hits: [ScoredChunk] = [], warnings: [String] = [], terms: [String] = [], forms: Set<String> = [],
        expression: QueryExpression? = nil, corrections: [WordCorrection] = [], vector: QueryVector? = nil,
        vectorCoverage: VectorCoverage? = nil, backgroundCosine: Double? = nil,
        filterMatchesNothing: Bool = false
    ) {
        self.hits = hits
        self.warnings = warnings
        self.terms = terms
        self.forms = forms
        self.expression = expression
        self.corrections = corrections
        self.vector = vector
        self.vectorCoverage = vectorCoverage
        self.backgroundCosine = backgroundCosine
        self.filterMatchesNothing = filterMatchesNothing
    }
}

/// Finds the chunks that may answer a question.
public protocol Retriever: Sendable {
    func retrieve(_ query: Query, limit: Int) async throws -> Retrieval
}

/// Reorders candidates. Never adds one.
public protocol Reranker: Sendable {
    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk]
}

/// An error of a service that may succeed on a later attempt. A search can continue without the service.
public protocol TransientFailure: Error {
    /// False for errors that a person must fix, such as an invalid key or an exhausted budget.
    var isTransient: Bool { get }
}

/// An error of a model that may concern a single input: a text, a recording or a picture.
///
/// An indexing run reports such an input and continues with the others.
public protocol InputFailure: Error {
    /// Whether another input may succeed. False for errors such as a missing key or a server that cannot be reached.
    var concernsOneInput: Bool { get }
    /// The position of the input in the call; nil if it is not known to be one input.
    var position: Int? { get }
    /// Whether the input exceeds a limit of the model, so that no other model state would accept it.
    var isTooLong: Bool { get }
    /// A sentence for a person.
    var message: String { get set }
}

/// Stores vectors and finds the nearest by cosine.
public protocol VectorStore: Sendable {
    /// Adds rows and replaces those with the same id. `ids.count` equals `vectors.count`.
    func upsert(_ vectors: EmbeddingBatch, ids: [ChunkID]) async throws
    /// The best `limit` rows in the order of ``ScoredID/precedes(_:_:)``, with the cosine as score.
    ///
    /// - `mask`: Limits the search to these rows; nil means all. It is applied before the best rows are taken, so that
    ///   a filter never costs hits.
    func nearest(to query: [Float], limit: Int, among mask: ChunkMask?) async throws -> [ScoredID]
    /// Removes rows. Unknown ids are ignored.
    func remove(_ ids: [ChunkID]) async throws
}

extension VectorStore {
    /// The best `limit` of all rows.
    public func nearest(to query: [Float], limit: Int) async throws -> [ScoredID] {
        try await nearest(to: query, limit: limit, among: nil)
    }
}
