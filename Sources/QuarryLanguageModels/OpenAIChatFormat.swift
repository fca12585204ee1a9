package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// OpenAI's chat completions, `POST /chat/completions`, limited to what most servers support.
package struct OpenAIChatFormat: GenerationFormat {
    private let variation: ChatVariation
    private let promptCacheKey: String?
    private let namesModel: Bool

    /// - `namesModel`: Whether the body contains the model's name; false if the path does.
    package init(_ variation: ChatVariation = .init(), promptCacheKey: String? = nil, namesModel: Bool = true) {
        self.variation = variation
        self.promptCacheKey = promptCacheKey
        self.namesModel = namesModel
    }

    package var path: String { "chat/completions" }

    package func body(of request: GenerationRequest, for model: String) -> JSONValue {
        let messages = variation.sendsSystemRole ? request.messages : request.messages.joiningInstructions
        var body: [String: JSONValue] = [
            "messages": .array(messages.map(Self.turn)), "stream": true,
            variation.tokenLimitField: .int(request.maximumTokens),
        ]
        if namesModel { body["model"] = .string(model) }
        if variation.sendsTemperature { body["temperature"] = .number(request.temperature) }
        if !request.stop.isEmpty { body["stop"] = .strings(request.stop) }
        if let field = variation.seedField { body[field] = request.seed.map { .int($0) } }
        if variation.asksForUsage { body["stream_options"] = ["include_usage": true] }
        if let field = variation.promptCacheField { body[field] = promptCacheKey.map { .string($0) } }
        return .object(body)
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { OpenAIChatDecoder(source) }

    private static func turn(_ message: Message) -> JSONValue {
        ["role": .string(message.role.rawValue), "content": content(of: message)]
    }

    /// The text, or the pictures and the text as parts. Cohere uses the same format.
    static func content(of message: Message) -> JSONValue {
        guard !message.images.isEmpty else { return .string(message.content) }
        let pictures: [JSONValue] = message.images.map {
            ["type": "image_url", "image_url": ["url": .string($0.dataURL)]]
        }
        return .array(pictures + [["type": "text", "text": .string(message.content)]])
    }
}
