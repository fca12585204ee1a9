public import QuarryCore

/// The answer to a question, with its sources and checks.
public struct Answer: Sendable, Hashable {
    public var question: String
    /// The answer with markers `[n]`, or the refusal sentence.
    public var text: String
    /// Ordered by marker, then by position.
    public var citations: [Citation]
    /// Why there is no answer; nil if there is one.
    public var refusal: RefusalReason?
    /// The model's text, if it was refused as ``RefusalReason/unsupported``. It is not reliable, but a person may want
    /// to see it.
    public var draft: String?
    public var generator: Generator
    /// Models that failed before the one that answered, and why.
    public var switches: [ModelSwitch]
    /// Whether the model's reply came from a cache of equal requests. The default is false.
    public var isCached = false
    /// The tokens billed by the model; nil without a model, or if its server did not report them.
    public var usage: TokenUsage?
    /// Why the model stopped; nil for an extracted answer or a refusal without a model.
    public var finish: FinishReason?
    /// Estimated probability, from the question and the passages alone, that the passages hold the answer.
    public var support: Double
    /// The support of each sentence, removed sentences included. For a refusal, the sentences of ``draft``.
    public var sentences: [AnswerSentence]
    /// The retrieved passages, best first.
    public var hits: [ScoredChunk]
    /// The prompt sent to the model; nil without a model.
    public var prompt: AssembledPrompt?
    /// The second search, if one was needed: the default is nil.
    public var hop: Hop?

    /// A search with what the first one found.
    public struct Hop: Sendable, Hashable, Codable {
        /// The name that a sentence of the first search adds to the question, as it is written there.
        public var name: String
        /// The text of the second search: the name, and the words of the question that the sentence does not hold.
        public var question: String

        public init(name: String, question: String) {
            self.name = name
            self.question = question
        }
    }

    public init(
        question: String, text: String, citations: [Citation] = [], refusal: RefusalReason? = nil,
        draft: String? = nil, generator: Generator, switches: [ModelSwitch] = [], usage: TokenUsage? = nil,
        finish: FinishReason? = nil, support: Double,
        sentences: [AnswerSentence] = [], hits: [ScoredChunk], prompt: AssembledPrompt? = nil
    ) {
        self.question = question
        self.text = text
        self.citations = citations
        self.refusal = refusal
        self.draft = draft
        self.generator = generator
        self.switches = switches
        self.usage = usage
        self.finish = finish
        self.support = support
        self.sentences = sentences
        self.hits = hits
        self.prompt = prompt
    }

    public var isRefused: Bool { refusal != nil }
    /// Sentences that no passage supports, or with names, numbers, dates or codes that no cited sentence contains, even
    /// if they were taken out of the text.
    public var unsupported: [String] { sentences.filter { !$0.isSupported }.map(\.text) }
}

/// The author of an answer.
public enum Generator: Sendable, Hashable, Codable {
    /// Quoted from the documents by the engine.
    case extractive
    /// Written by the language model of this name.
    case model(String)
}

/// Why a question was not answered.
public enum RefusalReason: Sendable, Hashable, Codable {
    /// Retrieval found nothing.
    case noPassages
    /// No document matches the filter.
    case nothingMatchesFilter
    /// The passages are too unlikely to hold the answer. No model was called.
    case lowSupport(support: Double, threshold: Double)
    /// The model said that the passages contain no answer.
    case declinedByModel
    /// The model stopped without writing anything.
    case emptyReply
    /// No passage supports any sentence of the model's text. The text is in ``Answer/draft``.
    case unsupported
    /// Not even one passage fits the prompt's budget.
    case noRoom(budget: Int)
}

/// A switch from one model to another.
public struct ModelSwitch: Sendable, Hashable, Codable {
    public var from: String
    public var to: String
    /// A sentence for a person.
    public var reason: String

    public init(from: String, to: String, reason: String) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// A step in answering a question.
public enum AnswerEvent: Sendable, Hashable {
    /// Always the first event. If a second search adds passages, another one follows with those of both.
    case retrieved(Retrieval)
    /// A piece of the reply as the generator wrote it, markers unchecked.
    case text(String)
    /// The text so far completed a marker for a passage of the prompt.
    case cited(marker: Int, ScoredChunk)
    /// Always the last event. The markers in its text are checked and repaired.
    case finished(Answer)
}
