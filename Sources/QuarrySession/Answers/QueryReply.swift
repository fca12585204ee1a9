public import QuarryCore
public import QuarryProviders
public import QuarryRetrieval
public import QuarryRetrievalQA

/// A reply as JSON: the hits, and the answer if one was requested.
///
/// The schema is `quarry.query/1`. Fields may be added to it, but not changed or removed.
public struct QueryReply: Sendable, Codable {
    public struct Hit: Sendable, Codable {
        /// From 1.
        public var rank: Int
        public var score: Double
        /// The rank and score by leg (`bm25`, `vector`). A leg that did not find the chunk is missing.
        public var legs: [String: LegScore]
        public var chunk: Int64
        public var document: String
        public var title: String?
        public var headings: [String]
        public var text: String
        public var location: Location
    }

    public struct Location: Sendable, Codable {
        public var source: String
        /// First and last line, from 1.
        public var lines: [Int]
        /// Start and end in bytes, without the end.
        public var bytes: [Int]
        /// Pages, times and the like, in text order. Empty for text, which has lines.
        public var places: [Place]
        /// The text that lines and bytes refer to: `source`, or `text` for the text that a reader made from the source.
        public var base: SourceMap.Base

        init(_ location: SourceLocation) {
            source = location.source
            places = location.places
            base = location.base
            lines = [location.lines.lowerBound, location.lines.upperBound]
            bytes = [location.bytes.lowerBound, location.bytes.upperBound]
        }
    }

    public struct Citation: Sendable, Codable {
        /// The number of the marker in the answer, such as 1 for [1].
        public var marker: Int
        public var document: String
        public var chunk: Int64
        public var location: Location
        /// The quoted text, after cleaning.
        public var quote: String
        /// SHA-256 of the quote in hexadecimal.
        public var quoteSHA256: String
        /// SHA-256 of the whole source at the time of indexing.
        public var sourceSHA256: String?
    }

    /// The author of the answer.
    public struct Generator: Sendable, Codable {
        /// `extractive` or `model`.
        public var kind: String
        public var name: String
    }

    /// Milliseconds.
    public struct Timings: Sendable, Codable {
        public var load = 0.0
        public var retrieve = 0.0
        public var answer = 0.0
        public var total = 0.0

        public init() {}
    }

    public var schema = "quarry.query/1"
    public var id: String?
    public var question: String
    /// In a batch: why there is no answer and no hit. The question is invalid, or the model failed.
    public var error: String?
    public var mode: String
    public var hits: [Hit]
    public var warnings: [String]
    public var answer: String?
    public var citations: [Citation]?
    public var refused: Bool?
    public var refusalReason: String?
    /// A model's reply that was rejected because no passage supports it.
    public var draft: String?
    /// The estimated probability that the documents contain the answer.
    public var support: Double?
    /// Sentences of a generated answer that no passage supports.
    public var unsupported: [String]?
    public var generator: Generator?
    /// Models that failed before this one.
    public var switches: [ModelSwitch]?
    /// Why the model stopped: `stop`, `length` (the answer is cut off), `content_filter`, or the server's own word.
    public var finish: String?
    /// The tokens of the language model: 0 if no model was used; nil if its server did not report them.
    public var usage: TokenUsage?
    /// The cost of this question; nil if no remote model was used.
    public var spending: Spending?
    public var timings: Timings
    /// Whether the reply is from the cache; nil if no language model was used.
    public var cached: Bool?
    /// The earlier question whose cached answer this is.
    public var similarQuestion: SimilarQuestion?

    /// An earlier question.
    public struct SimilarQuestion: Sendable, Codable {
        public var question: String
        /// The cosine of the two questions' vectors.
        public var similarity: Double
    }

    public init(
        id: String? = nil, question: String, mode: RetrievalOptions.Mode, retrieval: Retrieval, timings: Timings
    ) {
        self.id = id
        self.question = question
        self.mode = mode.rawValue
        warnings = retrieval.warnings
        self.timings = timings
        hits = retrieval.hits.enumerated().map { index, hit in
            Hit(
                rank: index + 1, score: hit.score,
                legs: Dictionary(uniqueKeysWithValues: hit.legs.map { ($0.key.rawValue, $0.value) }),
                chunk: hit.id.rawValue,
                document: hit.chunk.documentID, title: hit.documentTitle, headings: hit.chunk.headings,
                text: hit.chunk.text, location: Location(hit.location))
        }
    }
}
