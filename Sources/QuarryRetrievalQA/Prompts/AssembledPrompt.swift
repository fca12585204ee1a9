public import QuarryCore

/// A prompt with a report of its parts and their cost.
public struct AssembledPrompt: Sendable, Hashable {
    public var messages: [Message]
    /// The token counts of the parts, in prompt order. Their sum is ``tokens``; the part `framing` covers everything
    /// between the others.
    public var parts: [PromptPart]
    /// The passages in the prompt; marker `[n]` is `used[n - 1]`.
    public var used: [ScoredChunk]
    /// The passages left out, in their original order.
    public var dropped: [DroppedPassage]
    /// Tokens of all messages, at most ``budget``.
    public var tokens: Int
    public var budget: Int
    /// Which texts it was made with; nil for a prompt that was made otherwise.
    public var template: PromptSet.Identity?

    public init(
        messages: [Message], parts: [PromptPart], used: [ScoredChunk], dropped: [DroppedPassage], tokens: Int,
        budget: Int, template: PromptSet.Identity? = nil
    ) {
        self.messages = messages
        self.parts = parts
        self.used = used
        self.dropped = dropped
        self.tokens = tokens
        self.budget = budget
        self.template = template
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
        /// The passage does not fit in the budget that better passages leave.
        case overBudget
        /// A better passage contains the same text.
        case contained(in: ChunkID)
    }

    public var id: ChunkID
    public var reason: Reason
    /// The cost of the passage in tokens; 0 if it was not counted.
    public var tokens: Int

    public init(id: ChunkID, reason: Reason, tokens: Int) {
        self.id = id
        self.reason = reason
        self.tokens = tokens
    }
}
