import QuarryProviders
import Synchronization

/// How a server differs from its provider's description, as its refusals showed. Copies of a model share it.
final class LearnedVariation: Sendable {
    private let state = Mutex<ChatVariation?>(nil)

    /// Nil as long as nothing was learned.
    var variation: ChatVariation? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension ChatVariation {
    /// The variation without the option that a server refused; nil if the error is not about an option.
    ///
    /// A refusal without any reason is taken for one of the options that servers most often lack, one after the other.
    func withoutOption(refusedBy error: ProviderError, in dialect: GenerationDialect) -> ChatVariation? {
        guard [.requestRefused, .serverFailure].contains(error.code) else { return nil }
        let text = error.message.lowercased()
        let isUnsupported = Self.refusals.contains { text.contains($0) }
        let isChat = dialect == .openAIChat
        var next = self
        if isChat, asksForUsage,
            text.contains("stream_options") || text.contains("include_usage") || error.isUnexplained
        {
            next.asksForUsage = false
        } else if isChat, sendsSystemRole,
            isUnsupported && Self.systemRole.contains(where: text.contains) || error.isUnexplained
        {
            next.sendsSystemRole = false
        } else if sendsTemperature, isUnsupported && text.contains("temperature") {
            next.sendsTemperature = false
        } else if isChat, let field = seedField, isUnsupported, text.contains(field) {
            next.seedField = nil
        } else if isChat, let field = promptCacheField, isUnsupported, text.contains(field) {
            next.promptCacheField = nil
        } else if isChat, isUnsupported, text.contains(tokenLimitField), let other = otherTokenLimitField {
            next.tokenLimitField = other
        } else {
            return nil
        }
        return next
    }

    private static let refusals = [
        "not supported", "unsupported", "not permitted", "does not support", "doesn't support", "unrecognized",
        "unknown", "unexpected", "not allowed", "roles are supported", "must alternate",
    ]

    private static let systemRole = [
        "system role", "role system", "'system'", "\"system\"", "system message", "system prompt", "system instruction",
        "developer instruction", "roles must alternate", "only user and assistant roles",
    ]

    /// The other of OpenAI's two names for the length limit of the reply; nil for a third name.
    private var otherTokenLimitField: String? {
        ["max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"][tokenLimitField]
    }
}
