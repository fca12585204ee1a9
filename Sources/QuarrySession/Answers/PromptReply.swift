public import Quarry

/// The prompt of a question and what its tokens are spent on: the JSON `quarry.prompt/1`.
public struct PromptReply: Sendable, Encodable {
    public struct Dropped: Sendable, Encodable {
        public var chunk: Int64
        public var reason: String
        public var tokens: Int
    }

    public let schema = "quarry.prompt/1"
    public var messages: [Message]
    public var parts: [PromptPart]
    public var tokens: Int
    public var budget: Int
    /// Chunks.
    public var passages: [Int64]
    public var dropped: [Dropped]

    public init(_ prompt: AssembledPrompt) {
        messages = prompt.messages
        parts = prompt.parts
        tokens = prompt.tokens
        budget = prompt.budget
        passages = prompt.used.map(\.id.rawValue)
        dropped = prompt.dropped.map { passage in
            Dropped(chunk: passage.id.rawValue, reason: Self.text(of: passage.reason), tokens: passage.tokens)
        }
    }

    private static func text(of reason: DroppedPassage.Reason) -> String {
        switch reason {
        case .overBudget: "the budget is spent"
        case .contained(let other): "chunk \(other.rawValue) holds the same text"
        }
    }
}
