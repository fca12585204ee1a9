package import Quarry

/// The prompt of a question, with the tokens of each part: the JSON `quarry.prompt/1`.
package struct PromptReply: Sendable, Encodable {
    package struct Dropped: Sendable, Encodable {
        package var chunk: Int64
        package var reason: String
        package var tokens: Int
    }

    package let schema = "quarry.prompt/1"
    package var messages: [Message]
    package var parts: [PromptPart]
    package var tokens: Int
    package var budget: Int
    /// Chunks.
    package var passages: [Int64]
    package var dropped: [Dropped]
    /// The name, the version and the hash of the texts.
    package var template: PromptSet.Identity?

    package init(_ prompt: AssembledPrompt) {
        messages = prompt.messages
        parts = prompt.parts
        tokens = prompt.tokens
        budget = prompt.budget
        template = prompt.template
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
