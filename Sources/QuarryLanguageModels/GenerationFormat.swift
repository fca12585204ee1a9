import Foundation
package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// How an interface encodes requests for text and decodes replies. Pure: it does no networking.
package protocol GenerationFormat: Sendable {
    /// The path of requests below the base address, with `{model}` for the model's name.
    var path: String { get }
    /// How a streamed reply is divided into events.
    var framing: ReplyFraming { get }
    /// Additional header fields without secrets.
    var headers: [String: String] { get }
    /// - Throws: `ProviderError` with code `invalidInput` for a request that the interface does not support.
    func body(of request: GenerationRequest, for model: String) throws -> JSONValue
    /// - Parameter source: The origin of the reply, for errors.
    func decoder(for source: ReplySource) -> any ReplyDecoder
}

extension GenerationFormat {
    package var framing: ReplyFraming { .serverSentEvents }
    package var headers: [String: String] { [:] }
}

extension GenerationDialect {
    /// - `estimate`: An upper estimate of the tokens, for servers that must reserve room.
    package func format(
        for provider: Provider, options: RemoteLanguageModel.Options, request: GenerationRequest,
        estimate: BilledUsage
    ) -> any GenerationFormat {
        switch self {
        case .openAIChat:
            OpenAIChatFormat(
                provider.chat, promptCacheKey: options.cacheKey(for: request),
                namesModel: provider.paths[.generation]?.contains("{model}") != true)
        case .openAIResponses:
            OpenAIResponsesFormat(provider.chat, promptCacheKey: options.cacheKey(for: request))
        case .anthropic: AnthropicFormat(provider, marksPrefix: options.cachesPrompt)
        case .gemini: GeminiFormat(provider.chat)
        case .cohere: CohereFormat(provider.chat)
        case .ollama: OllamaFormat(provider.chat, estimate: estimate)
        case .kserve: KServeFormat(prompt: KServeFormat.flattened(request.messages), isStreamed: true)
        }
    }
}

extension Message.Image {
    var base64: String { Data(bytes).base64EncodedString() }
    /// The picture as a `data:` URL.
    var dataURL: String { "data:\(mediaType);base64,\(base64)" }
}

extension [Message] {
    /// The instructions, for interfaces with a separate field; nil if there are none.
    var instructions: String? {
        let texts = filter { $0.role == .system }.map(\.content)
        return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
    }

    /// The turns, with the instructions at the beginning of the first turn of the user.
    var joiningInstructions: [Message] {
        guard let instructions, let first = conversation.firstIndex(where: { $0.role == .user }) else { return self }
        var turns = conversation
        turns[first].content = instructions + "\n\n" + turns[first].content
        return turns
    }

    /// The turns after the instructions.
    var conversation: [Message] { filter { $0.role != .system } }
}
