import QuarryCore

extension LanguageModel {
    /// The whole reply to a request, without thoughts. A model that exceeds the limit by far is stopped.
    ///
    /// - Parameters:
    ///   - isPlain: Whether markup is made harmless. JSON is read as it is.
    ///   - onText: Called with each piece that is certainly no thought.
    /// - Throws: The errors of the model.
    func reply(
        to messages: [Message], maximumTokens: Int, temperature: Double = 0, seed: Int? = nil, isPlain: Bool = true,
        onText: (String) -> Void = { _ in }
    ) async throws -> Reply {
        var reply = Reply()
        var thoughts = ThoughtFilter()
        var received = 0
        let product = maximumTokens.multipliedReportingOverflow(by: Reply.maximumBytesPerToken)
        let bound = product.overflow ? .max : product.partialValue
        let request = GenerationRequest(
            messages: messages, maximumTokens: maximumTokens, temperature: temperature, seed: seed)
        reading: for try await event in generate(request) {
            switch event {
            case .text(let piece):
                received += piece.utf8.count
                onText(thoughts.consume(piece))
                if received > bound {
                    reply.finish = .length
                    break reading
                }
            case .switched(let from, let to, let reason):
                reply.switches.append(ModelSwitch(from: from, to: to, reason: reason))
            case .cached: reply.isCached = true
            case .finished(let reason, let usage):
                reply.finish = reason
                reply.usage = usage
            }
        }
        onText(thoughts.finish())
        try Task.checkCancellation()
        reply.text = isPlain ? PlainReply(thoughts.text).text : thoughts.text
        return reply
    }
}

extension TokenUsage {
    /// The usage of several calls. Nil if a call did not report its own: a part is not the sum.
    static func sum(_ usages: [TokenUsage?]) -> TokenUsage? {
        var sum = TokenUsage(input: 0, output: 0)
        for usage in usages {
            guard let usage else { return nil }
            sum = TokenUsage(
                input: sum.input + usage.input, output: sum.output + usage.output,
                cachedInput: sum.cachedInput + usage.cachedInput)
        }
        return sum
    }
}
