package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// OpenAI's responses, `POST /responses`. The provider stores nothing: `store` is false.
///
/// The interface has no seed, which is omitted, and no stop texts, which are rejected.
package struct OpenAIResponsesFormat: GenerationFormat {
    /// The minimum that the interface accepts.
    private static let minimumTokens = 16

    private let variation: ChatVariation
    private let promptCacheKey: String?

    package init(_ variation: ChatVariation = .init(), promptCacheKey: String? = nil) {
        self.variation = variation
        self.promptCacheKey = promptCacheKey
    }

    package var path: String { "responses" }

    package func body(of request: GenerationRequest, for model: String) throws -> JSONValue {
        guard request.stop.isEmpty else {
            throw ProviderError(
                .invalidInput,
                "The responses interface does not support stop texts. Leave them out, or use chat completions.")
        }
        guard request.maximumTokens >= Self.minimumTokens else {
            throw ProviderError(
                .invalidInput,
                "The responses interface needs a limit of at least \(Self.minimumTokens) tokens; \(request.maximumTokens) were "
                    + "requested. Raise the limit.")
        }
        var body: [String: JSONValue] = [
            "model": .string(model), "input": .array(request.messages.conversation.map(Self.turn)), "stream": true,
            "store": false, "max_output_tokens": .int(request.maximumTokens),
        ]
        body["instructions"] = request.messages.instructions.map { .string($0) }
        if variation.sendsTemperature { body["temperature"] = .number(request.temperature) }
        body["prompt_cache_key"] = promptCacheKey.map { .string($0) }
        return .object(body)
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { OpenAIResponsesDecoder(source) }

    private static func turn(_ message: Message) -> JSONValue {
        guard !message.images.isEmpty else {
            return ["role": .string(message.role.rawValue), "content": .string(message.content)]
        }
        let pictures: [JSONValue] = message.images.map {
            ["type": "input_image", "detail": "auto", "image_url": .string($0.dataURL)]
        }
        return [
            "role": .string(message.role.rawValue),
            "content": .array(pictures + [["type": "input_text", "text": .string(message.content)]]),
        ]
    }
}
