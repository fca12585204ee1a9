import QuarryCore
package import QuarryHTTP
import QuarryProviders

/// Decodes the stream of a message. It ends with `message_stop`.
package struct AnthropicDecoder: ReplyDecoder {
    private let source: ReplySource
    private var usage: Usage?
    private var reason: FinishReason?
    private var hasReply = false
    package private(set) var isComplete = false

    package init(_ source: ReplySource) { self.source = source }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        let value = try source.decode(Event.self, from: event.data.utf8)
        switch value.type ?? event.type {
        case "message_start":
            hasReply = true
            merge(value.message?.usage)
        case "content_block_start": return value.contentBlock?.written.map { [$0] } ?? []
        case "content_block_delta": return value.delta?.written.map { [$0] } ?? []
        case "message_delta":
            merge(value.usage)
            if let name = value.delta?.stopReason { reason = FinishReason(anthropic: name) }
        case "message_stop": isComplete = hasReply
        case "error": throw source.error(for: ProviderFailure(body: Array(event.data.utf8)))
        default:
            if let failure = source.failure(announcedIn: event.data.utf8) { throw failure }
        }
        return []
    }

    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        let message = try source.decode(Message.self, from: json)
        guard let blocks = message.content else { return [] }
        hasReply = true
        isComplete = true
        merge(message.usage)
        reason = message.stopReason.map { FinishReason(anthropic: $0) }
        return blocks.compactMap(\.written)
    }

    package func ending() throws -> ReplyEnding {
        guard hasReply else { throw source.absence }
        guard isComplete else { throw source.interruption }
        let reason = reason ?? .other("unspecified")
        guard let usage, let input = usage.inputTokens, let output = usage.outputTokens else {
            return ReplyEnding(reason)
        }
        // `input_tokens` does not include tokens read from the cache or written into it.
        let read = TokenUsage.bounded(usage.cacheReadTokens ?? 0)
        let written = TokenUsage.bounded(usage.cacheCreationTokens ?? 0)
        let all = [input, read, written].map { TokenUsage.bounded($0) }
        let sum = all.contains(-1) ? -1 : all.reduce(0, +)
        return ReplyEnding(
            reason, usage: TokenUsage(input: sum, output: output, cachedInput: read),
            cacheWrite: written)
    }

    /// Counts are cumulative: the last of each counts.
    private mutating func merge(_ new: Usage?) {
        guard let new else { return }
        var usage = self.usage ?? Usage()
        usage.inputTokens = new.inputTokens ?? usage.inputTokens
        usage.outputTokens = new.outputTokens ?? usage.outputTokens
        usage.cacheReadTokens = new.cacheReadTokens ?? usage.cacheReadTokens
        usage.cacheCreationTokens = new.cacheCreationTokens ?? usage.cacheCreationTokens
        self.usage = usage
    }
}

private struct Usage: Decodable {
    var inputTokens: Int?
    var outputTokens: Int?
    var cacheReadTokens: Int?
    var cacheCreationTokens: Int?

    private enum CodingKeys: String, CodingKey {
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case cacheReadTokens = "cache_read_input_tokens"
        case cacheCreationTokens = "cache_creation_input_tokens"
    }
}

/// A block of a message, or an addition to one. The text of its thinking is in another field.
private struct Block: Decodable {
    var type: String?
    var text: String?
    /// Only in `message_delta`.
    var stopReason: String?

    private enum CodingKeys: String, CodingKey {
        case type, text
        case stopReason = "stop_reason"
    }

    var written: String? { type == "text" || type == "text_delta" ? text : nil }
}

private struct Message: Decodable {
    var content: [Block]?
    var stopReason: String?
    var usage: Usage?

    private enum CodingKeys: String, CodingKey {
        case content, usage
        case stopReason = "stop_reason"
    }
}

private struct Event: Decodable {
    var type: String?
    var message: Message?
    var contentBlock: Block?
    var delta: Block?
    var usage: Usage?

    private enum CodingKeys: String, CodingKey {
        case type, message, delta, usage
        case contentBlock = "content_block"
    }
}

extension FinishReason {
    /// Anthropic's `stop_reason`.
    init(anthropic name: String) {
        switch name {
        case "end_turn", "stop_sequence": self = .stop
        case "max_tokens", "model_context_window_exceeded": self = .length
        case "refusal": self = .contentFilter
        default: self = .other(name)
        }
    }
}
