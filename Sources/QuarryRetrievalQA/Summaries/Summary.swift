public import QuarryCore

/// A summary of documents. Each of its sentences is cited.
public struct Summary: Sendable, Hashable {
    /// A sentence of a summary.
    public struct Sentence: Sendable, Hashable, Codable {
        /// Without markers.
        public var text: String
        /// The numbers of its citations, ascending.
        public var markers: [Int]
        /// Its place by importance, from 1.
        public var rank: Int
        /// Estimated probability that the cited place supports it; 1 for a quote.
        public var support: Double

        public init(text: String, markers: [Int], rank: Int, support: Double) {
            self.text = text
            self.markers = markers
            self.rank = rank
            self.support = support
        }
    }

    /// Quoted sentences have the order of the documents, written sentences the order of the model.
    public var sentences: [Sentence]
    /// Ordered by marker.
    public var citations: [Citation]
    public var generator: Generator
    /// The number of passages that were read.
    public var passages: Int
    /// The number of sentences that could have been chosen; nil for a written summary.
    public var candidates: Int?
    /// Sentences that a model wrote in its last step and that no passage supports. They are not in ``sentences``.
    public var unsupported: [String]
    /// Sentences for a person, such as why passages were left out.
    public var warnings: [String]
    /// The number of requests to a model, and their tokens; nil if a server did not report them.
    public var requests: Int
    public var usage: TokenUsage?

    public init(
        sentences: [Sentence], citations: [Citation], generator: Generator, passages: Int, candidates: Int? = nil,
        unsupported: [String] = [], warnings: [String] = [], requests: Int = 0, usage: TokenUsage? = nil
    ) {
        self.sentences = sentences
        self.citations = citations
        self.generator = generator
        self.passages = passages
        self.candidates = candidates
        self.unsupported = unsupported
        self.warnings = warnings
        self.requests = requests
        self.usage = usage
    }

    /// The sentences with their markers, one a line.
    public var text: String {
        sentences.map { "\($0.text) \($0.markers.map { "[\($0)]" }.joined())" }.joined(separator: "\n")
    }

    /// The sentences from the most important one.
    public var keyPoints: [Sentence] { sentences.sorted { $0.rank < $1.rank } }
}
