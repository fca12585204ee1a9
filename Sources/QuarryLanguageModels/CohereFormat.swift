package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// Cohere's chat, `POST /v2/chat`.
package struct CohereFormat: GenerationFormat {
    private let variation: ChatVariation

    package init(_ variation: ChatVariation = .init()) { self.variation = variation }

    package var path: String { "v2/chat" }

    package func body(of request: GenerationRequest, for model: String) -> JSONValue {
        var body: [String: JSONValue] = [
            "model": .string(model), "stream": true, "max_tokens": .int(request.maximumTokens),
            "messages": .array(
                request.messages.map {
                    ["role": .string($0.role.rawValue), "content": OpenAIChatFormat.content(of: $0)]
                }),
        ]
        if variation.sendsTemperature { body["temperature"] = .number(request.temperature) }
        if !request.stop.isEmpty { body["stop_sequences"] = .strings(request.stop) }
        body["seed"] = request.seed.map { .int($0) }
        return .object(body)
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { CohereDecoder(source) }
}
