import QuarryCore
package import QuarryHTTP
package import QuarryProviders

/// Decodes the stream of generated content. There is no end marker: the stream ends with the connection, after a
/// candidate has a finish reason.
package struct GeminiDecoder: ReplyDecoder {
    private let source: ReplySource
    private var reason: FinishReason?
    private var usage: Usage?
    private var hasReply = false
    package private(set) var billedDespiteFailure: BilledUsage?

    package init(_ source: ReplySource) { self.source = source }

    package var isComplete: Bool { false }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        if let failure = source.failure(announcedIn: event.data.utf8) { throw failure }
        return try texts(in: try source.decode(Reply.self, from: event.data.utf8))
    }

    /// One reply, or an array of pieces without `alt=sse`.
    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        let start = json.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard start == UInt8(ascii: "[") else { return try texts(in: try source.decode(Reply.self, from: json)) }
        return try source.decode([Reply].self, from: json).flatMap { try texts(in: $0) }
    }

    package func ending() throws -> ReplyEnding {
        guard hasReply else { throw source.absence }
        guard let reason else { throw source.interruption }
        return ReplyEnding(reason, usage: usage?.tokens)
    }

    private mutating func texts(in reply: Reply) throws -> [String] {
        if let usage = reply.usage { self.usage = usage }
        if let block = reply.promptFeedback?.blockReason {
            billedDespiteFailure = usage?.tokens.map { BilledUsage($0) }
            throw ProviderError(
                .contentFiltered,
                "\(source.place) refused the prompt (\(block)). Rephrase the question, or omit the rejected passages."
            )
        }
        var texts: [String] = []
        for candidate in reply.candidates ?? [] where (candidate.index ?? 0) == 0 {
            hasReply = true
            texts += (candidate.content?.parts ?? []).compactMap { $0.thought == true ? nil : $0.text }
            if let name = candidate.finishReason { reason = FinishReason(gemini: name) }
        }
        return texts
    }
}

private struct Reply: Decodable {
    struct Part: Decodable {
        var text: String?
        var thought: Bool?
    }

    struct Content: Decodable { var parts: [Part]? }

    struct Candidate: Decodable {
        var index: Int?
        var content: Content?
        var finishReason: String?
    }

    struct PromptFeedback: Decodable { var blockReason: String? }

    var candidates: [Candidate]?
    var promptFeedback: PromptFeedback?
    var usage: Usage?

    private enum CodingKeys: String, CodingKey {
        case candidates, promptFeedback
        case usage = "usageMetadata"
    }
}

private struct Usage: Decodable {
    var promptTokens: Int?
    var candidateTokens: Int?
    var thoughtTokens: Int?
    var cachedTokens: Int?

    private enum CodingKeys: String, CodingKey {
        case promptTokens = "promptTokenCount"
        case candidateTokens = "candidatesTokenCount"
        case thoughtTokens = "thoughtsTokenCount"
        case cachedTokens = "cachedContentTokenCount"
    }

    var tokens: TokenUsage? {
        promptTokens.map {
            TokenUsage(
                input: $0, output: TokenUsage.bounded(candidateTokens ?? 0) + TokenUsage.bounded(thoughtTokens ?? 0),
                cachedInput: min($0, cachedTokens ?? 0))
        }
    }
}

extension FinishReason {
    /// Gemini's `finishReason`.
    init(gemini name: String) {
        switch name {
        case "STOP": self = .stop
        case "MAX_TOKENS": self = .length
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII": self = .contentFilter
        default: self = .other(name)
        }
    }
}
