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

/// One sentence of an answer and its support.
public struct AnswerSentence: Sendable, Hashable, Codable {
    /// What the cited passages say of a sentence.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A passage says the same.
        case supported
        /// A passage says otherwise: another number of the same thing, the opposite, or other parts in the same event.
        case contradicted
        /// No passage can tell: none speaks of it, it states nothing, or the passage is in another language.
        case unverifiable
        /// A passage speaks of it, but lacks a name, number, date, unit or code of the sentence.
        case factMissing
    }

    /// A place in a passage that supports a sentence.
    public struct Span: Sendable, Hashable, Codable {
        /// The number of the passage, from 1.
        public var marker: Int
        /// UTF-8 offsets into the passage's text.
        public var range: Range<Int>

        public init(marker: Int, range: Range<Int>) {
            self.marker = marker
            self.range = range
        }
    }

    /// Without markers.
    public var text: String
    /// UTF-8 offsets into the answer's text, markers included; nil if the sentence was taken out of it.
    public var range: Range<Int>?
    /// The valid markers of the sentence, ascending.
    public var markers: [Int]
    /// Whether the engine chose the passage, because the model cited none, or one that does not say it.
    public var isAttributed: Bool
    /// Estimated probability that a place of the passages supports the sentence. It is 1 for a quote and for a sentence
    /// without content words.
    public var support: Double
    public var kind: Kind
    /// The places that support the sentence, or speak of it if none does.
    public var spans: [Span]
    /// Names, numbers, dates and codes of the sentence that no cited sentence contains.
    public var unsupportedFacts: [String]
    /// Whether the sentence may stand: it is supported, or states nothing.
    public var isSupported: Bool
    /// Whether one place says the whole sentence. Otherwise, ``spans`` are the places of its parts.
    public var isWhole: Bool

    public init(
        text: String, range: Range<Int>? = nil, markers: [Int], isAttributed: Bool = false, support: Double,
        kind: Kind? = nil, spans: [Span] = [], unsupportedFacts: [String] = [], isSupported: Bool, isWhole: Bool = true
    ) {
        self.text = text
        self.range = range
        self.markers = markers
        self.isAttributed = isAttributed
        self.support = support
        self.kind = kind ?? (isSupported ? .supported : .unverifiable)
        self.spans = spans
        self.unsupportedFacts = unsupportedFacts
        self.isSupported = isSupported
        self.isWhole = isWhole
    }
}

/// What happens to sentences of a model that no passage supports.
public enum UnsupportedSentences: String, Sendable, Hashable, Codable, CaseIterable {
    /// They are taken out of the answer. An answer of which nothing is left is refused.
    case drop
    /// They stay, without markers, and are named in ``Answer/unsupported``.
    case mark
    /// One of them is enough to refuse the answer.
    case refuse
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
    /// Always the first event.
    case retrieved(Retrieval)
    /// A piece of the reply as the generator wrote it, markers unchecked.
    case text(String)
    /// The text so far completed a marker for a passage of the prompt.
    case cited(marker: Int, ScoredChunk)
    /// Always the last event. The markers in its text are checked and repaired.
    case finished(Answer)
}
