public import QuarryCore

/// A prompt as it will be sent, with the account of what went into it.
public struct AssembledPrompt: Sendable, Hashable {
    public var messages: [Message]
    /// What the tokens are spent on, in prompt order. The sum is ``tokens``; the part `framing` is what joins the others.
    public var parts: [PromptPart]
    /// The passages in the prompt; marker `[n]` is `used[n - 1]`.
    public var used: [ScoredChunk]
    /// The passages left out, in the order in which they were.
    public var dropped: [DroppedPassage]
    /// Tokens of all messages, never above ``budget``.
    public var tokens: Int
    public var budget: Int

    public init(
        messages: [Message], parts: [PromptPart], used: [ScoredChunk], dropped: [DroppedPassage], tokens: Int,
        budget: Int
    ) {
        self.messages = messages
        self.parts = parts
        self.used = used
        self.dropped = dropped
        self.tokens = tokens
        self.budget = budget
    }
}

/// A part of a prompt and its cost.
public struct PromptPart: Sendable, Hashable, Codable {
    public var name: String
    public var tokens: Int

    public init(name: String, tokens: Int) {
        self.name = name
        self.tokens = tokens
    }
}

/// A passage that was found but is not in the prompt.
public struct DroppedPassage: Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// What the better passages left of the budget is too little for this one.
        case overBudget
        /// A better passage holds the same text.
        case contained(in: ChunkID)
    }

    public var id: ChunkID
    public var reason: Reason
    /// What the passage would have cost; 0 where it was not counted.
    public var tokens: Int

    public init(id: ChunkID, reason: Reason, tokens: Int) {
        self.id = id
        self.reason = reason
        self.tokens = tokens
    }
}
