import QuarryCore
package import QuarryHTTP
import QuarryProviders

/// Decodes the stream of a chat completion. It ends with `[DONE]`, or with the connection after a finish reason.
package struct OpenAIChatDecoder: ReplyDecoder {
    private let source: ReplySource
    private var reason: FinishReason?
    private var usage: TokenUsage?
    private var cacheWrite = 0
    private var hasReply = false
    package private(set) var isComplete = false

    package init(_ source: ReplySource) { self.source = source }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        guard event.data != "[DONE]" else {
            isComplete = true
            return []
        }
        if let failure = source.failure(announcedIn: event.data.utf8) { throw failure }
        if event.type == "error" { throw source.error(for: ProviderFailure(body: Array(event.data.utf8))) }
        return try texts(in: try source.decode(Reply.self, from: event.data.utf8))
    }

    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        try texts(in: try source.decode(Reply.self, from: json))
    }

    package func ending() throws -> ReplyEnding {
        guard hasReply || isComplete else { throw source.absence }
        guard reason != nil || isComplete else { throw source.interruption }
        return ReplyEnding(reason ?? .other("unspecified"), usage: usage, cacheWrite: cacheWrite)
    }

    private mutating func texts(in reply: Reply) throws -> [String] {
        if let usage = reply.usage?.tokens {
            self.usage = usage
            cacheWrite = reply.usage?.details?.cacheWriteTokens ?? 0
        }
        var texts: [String] = []
        for choice in reply.choices ?? [] where (choice.index ?? 0) == 0 {
            hasReply = true
            let content = choice.delta ?? choice.message
            if let text = content?.content?.text { texts.append(text) }
            if let refusal = content?.refusal, !refusal.isEmpty {
                texts.append(refusal)
                reason = .contentFilter
            }
            guard let name = choice.finishReason, !name.isEmpty else { continue }
            // The first is Mistral's, the second DeepSeek's.
            if ["error", "insufficient_system_resource"].contains(name) {
                throw source.error(for: ProviderFailure(message: "it ended with the reason “\(name)”."))
            }
            if reason != .contentFilter { reason = FinishReason(openAI: name) }
        }
        return texts
    }
}

/// A whole reply or one chunk of a stream, which differ only in the position of the text.
private struct Reply: Decodable {
    /// A string; with Mistral also a list of parts, including its thinking.
    enum Content: Decodable {
        case text(String)
        case parts([Part])

        struct Part: Decodable {
            var type: String?
            var text: String?
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .parts(try container.decode([Part].self))
            }
        }

        var text: String {
            switch self {
            case .text(let text): text
            case .parts(let parts): parts.compactMap { $0.type == "text" ? $0.text : nil }.joined()
            }
        }
    }

    struct Turn: Decodable {
        var content: Content?
        var refusal: String?
    }

    struct Choice: Decodable {
        var index: Int?
        var delta: Turn?
        var message: Turn?
        var finishReason: String?

        private enum CodingKeys: String, CodingKey {
            case index, delta, message
            case finishReason = "finish_reason"
        }
    }

    struct Usage: Decodable {
        var promptTokens: Int?
        var completionTokens: Int?
        var details: OpenAIInputDetails?
        /// DeepSeek's name for the cached part.
        var cacheHits: Int?

        private enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case details = "prompt_tokens_details"
            case cacheHits = "prompt_cache_hit_tokens"
        }

        var tokens: TokenUsage? {
            guard promptTokens != nil || completionTokens != nil else { return nil }
            let input = promptTokens ?? 0
            return TokenUsage(
                input: input, output: completionTokens ?? 0,
                cachedInput: min(input, details?.cachedTokens ?? cacheHits ?? 0))
        }
    }

    var choices: [Choice]?
    var usage: Usage?
}

extension FinishReason {
    /// OpenAI's `finish_reason`, with additions of compatible servers.
    init(openAI name: String) {
        switch name {
        case "stop", "eos", "eos_token", "stop_sequence": self = .stop
        case "length", "model_length": self = .length
        case "content_filter": self = .contentFilter
        default: self = .other(name)
        }
    }
}
