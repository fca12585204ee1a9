package import QuarryCore
package import QuarryJSON
package import QuarryProviders

/// Anthropic's messages, `POST /v1/messages`.
///
/// Since the version of 21 October 2026, the interface rejects any temperature, so none is sent, unless the provider's
/// headers select an older version. There is no seed.
package struct AnthropicFormat: GenerationFormat {
    /// Sent unless the provider's headers select a version.
    private static let currentVersion = "2026-10-21"

    private let sendsTemperature: Bool
    private let namesVersion: Bool
    private let marksPrefix: Bool

    /// - `marksPrefix`: Whether the instructions are marked for the provider's prompt cache.
    package init(_ provider: Provider, marksPrefix: Bool) {
        let version = provider.headers.first { $0.key.lowercased() == "anthropic-version" }?.value
        namesVersion = version != nil
        // Dates in this format sort as text.
        sendsTemperature = provider.chat.sendsTemperature && (version ?? Self.currentVersion) < Self.currentVersion
        self.marksPrefix = marksPrefix
    }

    package var path: String { "v1/messages" }

    package var headers: [String: String] { namesVersion ? [:] : ["anthropic-version": Self.currentVersion] }

    package func body(of request: GenerationRequest, for model: String) -> JSONValue {
        var body: [String: JSONValue] = [
            "model": .string(model), "max_tokens": .int(request.maximumTokens), "stream": true,
            "messages": .array(request.messages.conversation.map(Self.turn)),
        ]
        if let instructions = request.messages.instructions {
            var block: [String: JSONValue] = ["type": "text", "text": .string(instructions)]
            if marksPrefix { block["cache_control"] = ["type": "ephemeral"] }
            body["system"] = .array([.object(block)])
        }
        if !request.stop.isEmpty { body["stop_sequences"] = .strings(request.stop) }
        if sendsTemperature { body["temperature"] = .number(request.temperature) }
        return .object(body)
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { AnthropicDecoder(source) }

    private static func turn(_ message: Message) -> JSONValue {
        guard !message.images.isEmpty else {
            return ["role": .string(message.role.rawValue), "content": .string(message.content)]
        }
        let pictures: [JSONValue] = message.images.map { image in
            [
                "type": "image",
                "source": [
                    "type": "base64", "media_type": .string(image.mediaType), "data": .string(image.base64),
                ],
            ]
        }
        return [
            "role": .string(message.role.rawValue),
            "content": .array(pictures + [["type": "text", "text": .string(message.content)]]),
        ]
    }
}
