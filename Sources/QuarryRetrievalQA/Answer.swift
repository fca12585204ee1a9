public import QuarryCore

/// A reply to a question, with the account of how it came about.
public struct Answer: Sendable, Hashable {
    public var question: String
    /// The reply with markers `[n]`, or the sentence that refuses.
    public var text: String
    /// In the order of their markers, then of their place.
    public var citations: [Citation]
    /// Why there is no answer; nil where there is one.
    public var refusal: RefusalReason?
    /// What the model wrote, where it is refused as ``RefusalReason/unsupported``: nothing to rely on, but a person may
    /// want to see it.
    public var draft: String?
    public var generator: Generator
    /// Models that could not answer before the one that did, and why.
    public var switches: [ModelSwitch]
    /// Whether the model's reply was written for an equal request before, and repeated. The default is false.
    public var isCached = false
    /// What the model was billed for; nil where none was asked, or where its server did not say.
    public var usage: TokenUsage?
    /// Why the model stopped; nil for an extracted answer or a refusal without a model.
    public var finish: FinishReason?
    /// Estimated probability, from the question and the passages alone, that the passages hold the answer.
    public var support: Double
    /// What each sentence of the reply rests on. Empty for a refusal.
    public var sentences: [AnswerSentence]
    /// What was found, best first.
    public var hits: [ScoredChunk]
    /// The prompt that the model got; nil without a model.
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
    /// Sentences that no passage bears out, or that state numbers, dates or codes that no cited passage holds.
    public var unsupported: [String] { sentences.filter { !$0.isSupported }.map(\.text) }
}

/// Who wrote an answer.
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
    /// No document matches the filter: there was nothing to look in.
    case nothingMatchesFilter
    /// The passages are too unlikely to hold the answer. No model was asked.
    case lowSupport(support: Double, threshold: Double)
    /// The model said that the passages hold no answer.
    case declinedByModel
    /// The model stopped without writing anything.
    case emptyReply
    /// No passage bears out a single sentence of what the model wrote. ``Answer/draft`` has it.
    case unsupported
    /// Not one passage fits the prompt's budget.
    case noRoom(budget: Int)
}

/// One sentence of an answer and what it rests on.
public struct AnswerSentence: Sendable, Hashable, Codable {
    /// Without markers.
    public var text: String
    /// The valid markers of the sentence, ascending.
    public var markers: [Int]
    /// Whether the engine found the passage because the model named none.
    public var isAttributed: Bool
    /// Share of the sentence's term weight that the best cited place holds; 1 for a quote and for a sentence that
    /// states nothing.
    public var support: Double
    /// Numbers, dates and codes of the sentence that no cited passage holds.
    public var unsupportedFacts: [String]
    public var isSupported: Bool

    public init(
        text: String, markers: [Int], isAttributed: Bool = false, support: Double, unsupportedFacts: [String] = [],
        isSupported: Bool
    ) {
        self.text = text
        self.markers = markers
        self.isAttributed = isAttributed
        self.support = support
        self.unsupportedFacts = unsupportedFacts
        self.isSupported = isSupported
    }
}

/// One model taking another's place.
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

/// What happens while a question is answered.
public enum AnswerEvent: Sendable, Hashable {
    /// Always the first.
    case retrieved(Retrieval)
    /// A piece of the reply as the generator wrote it, markers unchecked.
    case text(String)
    /// A marker that names a passage of the prompt was completed by the text so far.
    case cited(marker: Int, ScoredChunk)
    /// Always the last. Its text has its markers checked and repaired.
    case finished(Answer)
}
