public import QuarryProviders
public import QuarryCore
public import QuarryRetrieval
public import QuarryRetrievalQA

/// What `quarry query --json` prints, and what a server will: hits, and the answer where one was asked for.
///
/// The schema is `quarry.query/1`. Fields are only ever added under this name.
public struct QueryReply: Sendable, Codable {
    public struct Hit: Sendable, Codable {
        /// From 1.
        public var rank: Int
        public var score: Double
        /// By leg (`bm25`, `vector`): its rank and score; a leg that did not find the chunk is absent.
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
        /// Start and end in bytes; the end is not included.
        public var bytes: [Int]
        /// Where lines say little: pages, times and the like, in text order. Empty for text.
        public var places: [Place]
        /// What lines and bytes are counted in: `source`, or `text` for the text that a reader made of the source.
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
        /// The number n of the marker [n] in the answer.
        public var marker: Int
        public var document: String
        public var chunk: Int64
        public var location: Location
        /// The words of the source, after cleaning.
        public var quote: String
        /// SHA-256 of the quote in hexadecimal.
        public var quoteSHA256: String
        /// SHA-256 of the whole source when it was indexed.
        public var sourceSHA256: String?
    }

    /// What wrote the answer.
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
    /// Why there is neither an answer nor a hit, in a batch: the question could not be asked, or its model failed.
    public var error: String?
    public var mode: String
    public var hits: [Hit]
    public var warnings: [String]
    public var answer: String?
    public var citations: [Citation]?
    public var refused: Bool?
    public var refusalReason: String?
    /// What a model wrote that was refused because no passage bears it out.
    public var draft: String?
    /// Estimated probability that the answer stands in the documents.
    public var support: Double?
    /// Sentences of a generated answer that no passage supports.
    public var unsupported: [String]?
    public var generator: Generator?
    /// Models that could not answer before the one that did.
    public var switches: [ModelSwitch]?
    /// Why the model stopped: `stop`, `length` (the answer is cut off), `content_filter`, or its server's own word.
    public var finish: String?
    /// Tokens of the model that wrote: none where no model was asked; nil where its server did not say.
    public var usage: TokenUsage?
    /// What this question cost; nil where no model was asked over a connection.
    public var spending: Spending?
    public var timings: Timings
    /// Whether a language model's words are those it wrote for the same prompt before; nil where none was asked.
    public var cached: Bool?
    /// The earlier question whose answer this is, where it was taken for the same.
    public var similarQuestion: SimilarQuestion?

    /// A question that was answered before.
    public struct SimilarQuestion: Sendable, Codable {
        public var question: String
        /// Cosine of both questions' vectors.
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
