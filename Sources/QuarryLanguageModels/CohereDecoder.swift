import QuarryCore
package import QuarryHTTP
import QuarryProviders

/// Decodes the stream of a chat. It ends with `message-end`.
package struct CohereDecoder: ReplyDecoder {
    private let source: ReplySource
    private var end: ReplyEnding?
    private var hasReply = false

    package init(_ source: ReplySource) { self.source = source }

    package var isComplete: Bool { end != nil }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        guard event.data != "[DONE]" else { return [] }
        let value = try source.decode(Event.self, from: event.data.utf8)
        switch value.type ?? event.type {
        case "message-start": hasReply = true
        case "content-start", "content-delta": return value.delta?.message?.content?.texts ?? []
        case "message-end":
            if let message = value.delta?.error { throw source.error(for: ProviderFailure(message: message)) }
            try close(value.delta?.finishReason, value.delta?.usage)
        default:
            if let failure = source.failure(announcedIn: event.data.utf8) { throw failure }
        }
        return []
    }

    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        let reply = try source.decode(Reply.self, from: json)
        guard let message = reply.message else { return [] }
        try close(reply.finishReason, reply.usage)
        return message.content?.texts ?? []
    }

    package func ending() throws -> ReplyEnding {
        guard let end else { throw hasReply ? source.interruption : source.absence }
        return end
    }

    private mutating func close(_ name: String?, _ usage: Usage?) throws {
        let reason: FinishReason
        switch name {
        case "COMPLETE", "STOP_SEQUENCE": reason = .stop
        case "MAX_TOKENS": reason = .length
        case "ERROR", "TIMEOUT":
            throw source.error(for: ProviderFailure(message: "it ended with the reason “\(name ?? "")”."))
        default: reason = .other(name ?? "unspecified")
        }
        end = ReplyEnding(reason, usage: usage?.tokens, billed: usage?.billed)
    }
}

/// A list of blocks in a whole reply, one block in a stream.
private enum Content: Decodable {
    case block(Block)
    case blocks([Block])

    struct Block: Decodable {
        var text: String?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let block = try? container.decode(Block.self) {
            self = .block(block)
        } else {
            self = .blocks(try container.decode([Block].self))
        }
    }

    /// Thinking is in another field.
    var texts: [String] {
        switch self {
        case .block(let block): [block].compactMap(\.text)
        case .blocks(let blocks): blocks.compactMap(\.text)
        }
    }
}

private struct Turn: Decodable { var content: Content? }

private struct Usage: Decodable {
    struct Counts: Decodable {
        var input: Double?
        var output: Double?

        private enum CodingKeys: String, CodingKey {
            case input = "input_tokens"
            case output = "output_tokens"
        }
    }

    var tokenCounts: Counts?
    var billedUnits: Counts?
    var cachedTokens: Double?

    private enum CodingKeys: String, CodingKey {
        case tokenCounts = "tokens"
        case billedUnits = "billed_units"
        case cachedTokens = "cached_tokens"
    }

    var tokens: TokenUsage? {
        guard let counts = tokenCounts ?? billedUnits, let input = counts.input.flatMap(Int.init(exactly:)),
            let output = counts.output.flatMap(Int.init(exactly:))
        else { return nil }
        let cached = cachedTokens.flatMap(Int.init(exactly:)) ?? 0
        return TokenUsage(input: input, output: output, cachedInput: min(input, cached))
    }

    /// Cohere counts billed tokens separately from the tokens that the model reads.
    var billed: BilledUsage? {
        guard let input = billedUnits?.input.flatMap(Int.init(exactly:)),
            let output = billedUnits?.output.flatMap(Int.init(exactly:))
        else { return tokens.map { BilledUsage(input: $0.input, output: $0.output) } }
        return BilledUsage(input: input, output: output)
    }
}

private struct Event: Decodable {
    struct Delta: Decodable {
        var message: Turn?
        var finishReason: String?
        var usage: Usage?
        var error: String?

        private enum CodingKeys: String, CodingKey {
            case message, usage, error
            case finishReason = "finish_reason"
        }
    }

    var type: String?
    var delta: Delta?
}

private struct Reply: Decodable {
    var message: Turn?
    var finishReason: String?
    var usage: Usage?

    private enum CodingKeys: String, CodingKey {
        case message, usage
        case finishReason = "finish_reason"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // In an error, `message` is a string.
        message = try? container.decodeIfPresent(Turn.self, forKey: .message)
        finishReason = try container.decodeIfPresent(String.self, forKey: .finishReason)
        usage = try container.decodeIfPresent(Usage.self, forKey: .usage)
    }
}
