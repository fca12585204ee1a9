import Quarry
import QuarrySession

/// Prints the exact prompt of a question, with the tokens of each part.
struct PromptPrinter {
    var prompt: PromptReply

    func print(_ output: OutputOptions) throws {
        if output.json {
            try Console.print(JSONOutput.string(prompt, pretty: true))
            return
        }
        for message in prompt.messages {
            try Console.print("--- \(message.role.rawValue)")
            try Console.print(message.content)
        }
        try Console.print("---")
        for part in prompt.parts { try Console.print("\(part.tokens) tokens  \(part.name)") }
        try Console.print("\(prompt.tokens) tokens in total, of at most \(prompt.budget)")
        if let template = prompt.template {
            try Console.print("prompt \(template.name), version \(template.version), \(template.sha256.prefix(12))")
        }
        for passage in prompt.dropped {
            try Console.print("not used: chunk \(passage.chunk), \(passage.tokens) tokens: \(passage.reason)")
        }
    }
}
