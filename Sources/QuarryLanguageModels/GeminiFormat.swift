package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// Gemini's `models/{model}:streamGenerateContent`.
package struct GeminiFormat: GenerationFormat {
    private let variation: ChatVariation

    package init(_ variation: ChatVariation = .init()) { self.variation = variation }

    package var path: String { "models/{model}:streamGenerateContent?alt=sse" }

    package func body(of request: GenerationRequest, for model: String) -> JSONValue {
        var configuration: [String: JSONValue] = ["maxOutputTokens": .int(request.maximumTokens)]
        if variation.sendsTemperature { configuration["temperature"] = .number(request.temperature) }
        if !request.stop.isEmpty { configuration["stopSequences"] = .strings(request.stop) }
        configuration["seed"] = request.seed.map { .int($0) }
        var body: [String: JSONValue] = [
            "contents": .array(request.messages.conversation.map(Self.turn)),
            "generationConfig": .object(configuration),
        ]
        if let instructions = request.messages.instructions {
            body["systemInstruction"] = ["parts": [["text": .string(instructions)]]]
        }
        return .object(body)
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { GeminiDecoder(source) }

    private static func turn(_ message: Message) -> JSONValue {
        let pictures: [JSONValue] = message.images.map {
            ["inlineData": ["mimeType": .string($0.mediaType), "data": .string($0.base64)]]
        }
        return [
            "role": message.role == .assistant ? "model" : "user",
            "parts": .array(pictures + [["text": .string(message.content)]]),
        ]
    }
}
