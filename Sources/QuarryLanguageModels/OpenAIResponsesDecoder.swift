import QuarryCore
package import QuarryHTTP
package import QuarryProviders

/// Decodes the stream of a response. It ends with `response.completed` or `response.incomplete`.
package struct OpenAIResponsesDecoder: ReplyDecoder {
    private let source: ReplySource
    private var end: ReplyEnding?
    private var isRefused = false
    private var hasReply = false
    package private(set) var billedDespiteFailure: BilledUsage?

    package init(_ source: ReplySource) { self.source = source }

    package var isComplete: Bool { end != nil }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        // Some servers end with it, as in chat completions; it is ignored.
        guard event.data != "[DONE]" else { return [] }
        let value = try source.decode(Event.self, from: event.data.utf8)
        let type = value.type ?? event.type
        hasReply = hasReply || type.hasPrefix("response.")
        switch type {
        case "response.output_text.delta": return value.delta?.text.map { [$0] } ?? []
        case "response.refusal.delta":
            isRefused = true
            return value.delta?.text.map { [$0] } ?? []
        case "response.completed", "response.incomplete": try close(with: value.response)
        case "response.failed", "response.cancelled": throw failure(of: value.response)
        case "error":
            throw source.failure(announcedIn: event.data.utf8)
                ?? source.error(for: ProviderFailure(message: value.message, code: value.code))
        default:
            if let failure = source.failure(announcedIn: event.data.utf8) { throw failure }
        }
        return []
    }

    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        let response = try source.decode(Response.self, from: json)
        guard let status = response.status else { return [] }
        hasReply = true
        if ["failed", "cancelled"].contains(status) { throw failure(of: response) }
        let parts = (response.output ?? []).filter { $0.type == "message" }.flatMap { $0.content ?? [] }
        isRefused = parts.contains { $0.type == "refusal" }
        try close(with: response)
        return parts.compactMap { $0.type == "refusal" ? $0.refusal : $0.type == "output_text" ? $0.text : nil }
    }

    package func ending() throws -> ReplyEnding {
        guard let end else { throw hasReply ? source.interruption : source.absence }
        return end
    }

    private mutating func close(with response: Response?) throws {
        let reason: FinishReason =
            switch response?.incompleteDetails?.reason {
            case _ where isRefused: .contentFilter
            case "max_output_tokens": .length
            case "content_filter": .contentFilter
            case let other?: .other(other)
            case nil: response?.status == "incomplete" ? .other("incomplete") : .stop
            }
        end = ReplyEnding(
            reason, usage: response?.usage?.tokens, cacheWrite: response?.usage?.details?.cacheWriteTokens ?? 0)
    }

    private mutating func failure(of response: Response?) -> ProviderError {
        billedDespiteFailure = response?.usage?.tokens.map {
            BilledUsage($0, cacheWrite: response?.usage?.details?.cacheWriteTokens ?? 0)
        }
        return source.error(
            for: ProviderFailure(
                message: response?.error?.message ?? response?.status.map { "the response has \($0)." },
                code: response?.error?.code))
    }
}

private struct Event: Decodable {
    /// A string, or the object in other kinds of events.
    struct Delta: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            text = try? decoder.singleValueContainer().decode(String.self)
        }
    }

    var type: String?
    var delta: Delta?
    var response: Response?
    var code: String?
    var message: String?
}

private struct Response: Decodable {
    struct Item: Decodable {
        var type: String?
        var content: [Part]?
    }

    struct Part: Decodable {
        var type: String?
        var text: String?
        var refusal: String?
    }

    struct Failure: Decodable {
        var code: String?
        var message: String?
    }

    struct Incomplete: Decodable { var reason: String? }

    struct Usage: Decodable {
        var inputTokens: Int?
        var outputTokens: Int?
        var details: OpenAIInputDetails?

        private enum CodingKeys: String, CodingKey {
            case inputTokens = "input_tokens"
            case outputTokens = "output_tokens"
            case details = "input_tokens_details"
        }

        var tokens: TokenUsage? {
            guard let inputTokens, let outputTokens else { return nil }
            return TokenUsage(
                input: inputTokens, output: outputTokens, cachedInput: min(inputTokens, details?.cachedTokens ?? 0))
        }
    }

    var status: String?
    var output: [Item]?
    var error: Failure?
    var incompleteDetails: Incomplete?
    var usage: Usage?

    private enum CodingKeys: String, CodingKey {
        case status, output, error, usage
        case incompleteDetails = "incomplete_details"
    }
}
