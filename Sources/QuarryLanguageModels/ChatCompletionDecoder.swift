import Foundation
import QuarryCore
import QuarryHTTP

/// Turns the events of a chat completion stream into generation events. Pure: the network is elsewhere.
struct ChatCompletionDecoder {
    /// Where the stream comes from, for messages.
    let place: String
    private var reason: FinishReason?
    private var usage: TokenUsage?
    private var isDone = false
    private var hasReply = false

    init(place: String) { self.place = place }

    /// The texts that an event brings.
    /// - Throws: ``LanguageModelError`` for an error inside the stream, or an event that is not JSON.
    mutating func texts(in event: ServerSentEvent) throws -> [String] {
        guard !isDone else { return [] }
        guard event.data != "[DONE]" else {
            isDone = true
            return []
        }
        if let failure = ProviderFailure(announcedIn: event.data.utf8) { throw providerError(failure) }
        if event.type == "error" { throw providerError(ProviderFailure(body: Array(event.data.utf8))) }
        return try texts(inJSON: Data(event.data.utf8))
    }

    /// The texts of one chunk, or of a whole reply to a request that asked for a stream.
    mutating func texts(inJSON json: Data) throws -> [String] {
        let reply: ChatCompletionReply
        do {
            reply = try JSONDecoder().decode(ChatCompletionReply.self, from: json)
        } catch {
            let start = String(decoding: json.prefix(120), as: UTF8.self)
            throw LanguageModelError(
                .malformedReply, "\(place) sent something that is not a chat completion: “\(start)”.",
                underlyingError: error)
        }
        if let usage = reply.usage, usage.promptTokens != nil || usage.completionTokens != nil {
            self.usage = TokenUsage(input: usage.promptTokens ?? 0, output: usage.completionTokens ?? 0)
        }
        var texts: [String] = []
        for choice in reply.choices ?? [] where (choice.index ?? 0) == 0 {
            hasReply = true
            let content = choice.delta ?? choice.message
            if let text = content?.content, !text.isEmpty { texts.append(text) }
            if let refusal = content?.refusal, !refusal.isEmpty {
                texts.append(refusal)
                reason = .contentFilter
            }
            if let name = choice.finishReason, reason != .contentFilter { reason = FinishReason(openAI: name) }
        }
        return texts
    }

    /// The last event, once the connection has ended.
    /// - Throws: ``LanguageModelError`` where the reply is not whole.
    func end() throws -> GenerationEvent {
        guard hasReply || isDone else {
            throw LanguageModelError(
                .malformedReply,
                "\(place) sent no chat completion. Check the base URL: it usually ends in /v1.")
        }
        guard reason != nil || isDone else {
            throw LanguageModelError(.interrupted, "\(place) closed the connection before the reply was complete.")
        }
        return .finished(reason ?? .other("unspecified"), usage)
    }

    private func providerError(_ failure: ProviderFailure) -> LanguageModelError {
        let reason = failure.message ?? failure.type ?? failure.code ?? "no reason given"
        return LanguageModelError(
            failure.saysInputTooLong ? .contextTooLong : .serverFailure, "\(place) broke off the reply: \(reason)")
    }
}
