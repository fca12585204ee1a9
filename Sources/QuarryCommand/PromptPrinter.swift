import Quarry

/// Prints the exact prompt of a question, with the tokens of each part.
struct PromptPrinter {
    var prompt: AssembledPrompt

    private struct Reply: Encodable {
        struct Dropped: Encodable {
            var chunk: Int64
            var reason: String
            var tokens: Int
        }

        var schema = "quarry.prompt/1"
        var messages: [Message]
        var parts: [PromptPart]
        var tokens: Int
        var budget: Int
        var passages: [Int64]
        var dropped: [Dropped]
    }

    func print(_ output: OutputOptions) throws {
        let dropped = prompt.dropped.map { passage in
            Reply.Dropped(chunk: passage.id.rawValue, reason: Self.text(of: passage.reason), tokens: passage.tokens)
        }
        if output.json {
            let reply = Reply(
                messages: prompt.messages, parts: prompt.parts, tokens: prompt.tokens, budget: prompt.budget,
                passages: prompt.used.map(\.id.rawValue), dropped: dropped)
            try Console.print(JSONOutput.string(reply, pretty: true))
            return
        }
        for message in prompt.messages {
            try Console.print("--- \(message.role.rawValue)")
            try Console.print(message.content)
        }
        try Console.print("---")
        for part in prompt.parts { try Console.print("\(part.tokens) tokens  \(part.name)") }
        try Console.print("\(prompt.tokens) tokens in total, of at most \(prompt.budget)")
        for passage in dropped {
            try Console.print("not used: chunk \(passage.chunk), \(passage.tokens) tokens: \(passage.reason)")
        }
    }

    private static func text(of reason: DroppedPassage.Reason) -> String {
        switch reason {
        case .overBudget: "over the budget"
        case .contained(let other): "chunk \(other.rawValue) holds the same text"
        }
    }
}
