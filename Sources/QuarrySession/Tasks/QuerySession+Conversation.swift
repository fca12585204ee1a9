package import Quarry

extension QuerySession {
    /// A question as it is understood after the turns of a conversation: by the language model of the session if it has
    /// one, or by rules.
    package func standalone(_ question: String, in conversation: Conversation) async throws -> StandaloneQuestion {
        guard case .model(let model, _) = generator else { return conversation.standalone(question) }
        return try await conversation.standalone(question, by: model)
    }

    /// The answer to a question of a conversation, which becomes its next turn.
    ///
    /// - Parameters:
    ///   - onStandalone: Called with the question as it is searched for, before it is.
    ///   - onText: Called with each piece of the answer as it arrives.
    package func answer(
        _ question: String, in conversation: inout Conversation,
        onStandalone: (StandaloneQuestion) throws -> Void = { _ in }, onText: (String) throws -> Void = { _ in }
    ) async throws -> QueryReply {
        let standalone = try await standalone(question, in: conversation)
        try onStandalone(standalone)
        var reply = try await answer(standalone.text, onText: onText)
        reply.question = question
        if standalone.isRewritten { reply.standalone = standalone.text }
        if let warning = standalone.warning { reply.warnings.append(warning) }
        conversation.append(
            Conversation.Turn(
                question: question, standalone: reply.standalone, answer: reply.refused == true ? nil : reply.answer))
        return reply
    }
}
