public import QuarryCore

/// Questions and answers so far, which make the next question understandable alone.
///
///     var conversation = Conversation()
///     conversation.append(.init(question: "What is Acme?", answer: "Acme makes kettles."))
///     conversation.standalone("Who founded it?").text    // "Who founded Acme?"
///
/// Only ``StandaloneQuestion/text`` is searched for and answered; a model that answers does not see the turns.
public struct Conversation: Sendable, Hashable {
    /// A question with its answer.
    public struct Turn: Sendable, Hashable, Codable {
        /// As it was asked.
        public var question: String
        /// The question in a form that can be understood alone; nil if it was understood as it was asked.
        public var standalone: String?
        /// Nil for a question that was refused.
        public var answer: String?

        public init(question: String, standalone: String? = nil, answer: String? = nil) {
            self.question = question
            self.standalone = standalone
            self.answer = answer
        }

        /// The question as it was understood; of a long one, as much as rules and models need of it.
        var understood: String { String((standalone ?? question).prefix(2_000)) }
    }

    /// Oldest first.
    public private(set) var turns: [Turn] = []
    /// The most tokens of all turns. The oldest ones are forgotten beyond it.
    public let budget: Int
    private let counter: any TokenCounter

    /// - `budget`: The default is 1,000 tokens.
    public init(turns: [Turn] = [], budget: Int = 1_000, counter: any TokenCounter = EstimatedTokenCounter()) {
        self.budget = budget
        self.counter = counter
        for turn in turns.suffix(Self.maximumTurns) { append(turn) }
    }

    private static let maximumTurns = 1_000

    /// Adds a turn, and forgets the oldest ones beyond the budget. A longer answer than the budget is cut.
    public mutating func append(_ turn: Turn) {
        var turn = turn
        if let answer = turn.answer, counter.tokenCount(of: answer) > budget {
            turn.answer = String(answer.prefix(2 * max(0, min(budget, .max / 2))))
        }
        turns.append(turn)
        var left = budget
        var kept = 0
        for turn in turns.reversed() {
            left -= counter.tokenCount(of: turn.understood) + counter.tokenCount(of: turn.answer ?? "")
            if left < 0, kept > 0 { break }
            kept += 1
        }
        turns.removeFirst(turns.count - kept)
    }

    /// Forgets everything.
    public mutating func clear() { turns = [] }

    /// A question as it can be understood without the turns, by rules for English and Russian.
    ///
    /// A pronoun without a name before it gets the name or the subject that it refers to; an incomplete question
    /// ("And in winter?", «А зимой?») is completed from the question before. Other questions are not changed.
    /// - Complexity: O(length of the question and the turns).
    public func standalone(_ question: String) -> StandaloneQuestion {
        FollowUp(question, after: turns).standalone
    }

    public static func == (a: Conversation, b: Conversation) -> Bool { a.turns == b.turns && a.budget == b.budget }

    public func hash(into hasher: inout Hasher) { hasher.combine(turns) }
}

/// A question that can be understood without those before it.
public struct StandaloneQuestion: Sendable, Hashable {
    public var text: String
    /// Words of earlier turns that were added.
    public var carried: [String]
    /// Whether the text differs from the question as it was asked.
    public var isRewritten: Bool
    /// What rewrote it.
    public var generator: Generator
    /// The tokens of the model; nil without one, or if its server did not report them.
    public var usage: TokenUsage?
    /// Why the model's text was not used, for a person.
    public var warning: String?

    public init(
        text: String, carried: [String] = [], isRewritten: Bool, generator: Generator = .extractive,
        usage: TokenUsage? = nil, warning: String? = nil
    ) {
        self.text = text
        self.carried = carried
        self.isRewritten = isRewritten
        self.generator = generator
        self.usage = usage
        self.warning = warning
    }
}
