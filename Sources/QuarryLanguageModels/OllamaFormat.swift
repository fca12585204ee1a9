package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// Ollama's own chat, `POST /api/chat`, answered in NDJSON.
///
/// The server silently truncates a prompt beyond its context, and its default context is small. So each request asks
/// for a context that fits its estimate. It is a power of two, because the server reloads the model for every other
/// size.
package struct OllamaFormat: GenerationFormat {
    private static let minimumContext = 4096

    private let variation: ChatVariation
    private let context: Int

    /// - `estimate`: An upper estimate of the tokens of the request.
    package init(_ variation: ChatVariation = .init(), estimate: BilledUsage) {
        self.variation = variation
        var context = Self.minimumContext
        while context < estimate.tokens && context < 1 << 30 { context *= 2 }
        self.context = context
    }

    package var path: String { "api/chat" }
    package var framing: ReplyFraming { .lines }

    package func body(of request: GenerationRequest, for model: String) -> JSONValue {
        var options: [String: JSONValue] = ["num_ctx": .int(context), "num_predict": .int(request.maximumTokens)]
        if variation.sendsTemperature { options["temperature"] = .number(request.temperature) }
        if !request.stop.isEmpty { options["stop"] = .strings(request.stop) }
        options["seed"] = request.seed.map { .int($0) }
        return [
            "model": .string(model), "messages": .array(request.messages.map(Self.turn)), "stream": true,
            "options": .object(options),
        ]
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { OllamaDecoder(source) }

    private static func turn(_ message: Message) -> JSONValue {
        var turn: [String: JSONValue] = ["role": .string(message.role.rawValue), "content": .string(message.content)]
        if !message.images.isEmpty { turn["images"] = .strings(message.images.map(\.base64)) }
        return .object(turn)
    }
}
