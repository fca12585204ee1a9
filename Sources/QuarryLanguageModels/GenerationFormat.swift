import Foundation
package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// One way to write a request for text and to read the reply. Pure: the network is elsewhere.
package protocol GenerationFormat: Sendable {
    /// Where it is asked, below the base address; `{model}` stands for the model's name.
    var path: String { get }
    /// How a streamed reply is cut into events.
    var framing: ReplyFraming { get }
    /// More header fields, none of them secret.
    var headers: [String: String] { get }
    /// - Throws: ``ProviderError`` with code `invalidInput` for what the interface cannot say.
    func body(of request: GenerationRequest, for model: String) throws -> JSONValue
    /// - Parameter source: Names the place where the reply comes from.
    func decoder(for source: ReplySource) -> any ReplyDecoder
}

extension GenerationFormat {
    package var framing: ReplyFraming { .serverSentEvents }
    package var headers: [String: String] { [:] }
}

extension GenerationDialect {
    /// - `estimate`: What the request may take, for servers that must be told how much room it needs.
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
    /// The instructions, which interfaces with a field of their own want apart; nil where there are none.
    var instructions: String? {
        let texts = filter { $0.role == .system }.map(\.content)
        return texts.isEmpty ? nil : texts.joined(separator: "\n\n")
    }

    /// The turns after the instructions.
    var conversation: [Message] { filter { $0.role != .system } }
}
