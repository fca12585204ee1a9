package import QuarryCore
package import QuarryJSON
import QuarryProviders

/// The generate extension of Triton, `v2/models/{model}/generate_stream`, which takes one text.
///
/// The turns are written as
///
///     the instructions
///
///     User: …
///
///     Assistant: …
///
///     User: …
///
///     Assistant:
///
/// with one blank line between them. A model trained on another form does better behind a server that knows its
/// template, as Triton's own OpenAI-compatible front end does. There are no pictures and no stop texts.
package struct KServeFormat: GenerationFormat {
    private let prompt: String
    private let isStreamed: Bool

    /// - `isStreamed`: False uses `generate`, for models that send only whole replies.
    package init(prompt: String, isStreamed: Bool) {
        self.prompt = prompt
        self.isStreamed = isStreamed
    }

    package var path: String { "v2/models/{model}/" + (isStreamed ? "generate_stream" : "generate") }

    package func body(of request: GenerationRequest, for model: String) throws -> JSONValue {
        guard request.messages.allSatisfy(\.images.isEmpty) else {
            throw ProviderError(
                .invalidInput,
                "The generate extension does not support pictures. Use a provider with another interface.")
        }
        guard request.stop.isEmpty else {
            throw ProviderError(.invalidInput, "The generate extension does not support stop texts. Leave them out.")
        }
        var parameters: [String: JSONValue] = [
            "stream": .bool(isStreamed), "max_tokens": .int(request.maximumTokens),
            "temperature": .number(request.temperature),
        ]
        parameters["seed"] = request.seed.map { .int($0) }
        return ["text_input": .string(prompt), "parameters": .object(parameters)]
    }

    package func decoder(for source: ReplySource) -> any ReplyDecoder { KServeDecoder(source, prompt: prompt) }

    package static func flattened(_ messages: [Message]) -> String {
        var parts = messages.instructions.map { [$0] } ?? []
        for message in messages.conversation {
            parts.append((message.role == .user ? "User: " : "Assistant: ") + message.content)
        }
        return (parts + ["Assistant:"]).joined(separator: "\n\n")
    }

    /// Whether the error means that the model does not stream, or that the server has no path for streams.
    static func cannotStream(_ error: ProviderError) -> Bool {
        // The request's path in the message is not evidence.
        let text = error.message.lowercased().replacing("generate_stream", with: "")
        return switch error.code {
        case .notFound: text.contains("status 404")
        case .requestRefused, .serverFailure: text.contains("decoupled") || text.contains("stream")
        default: false
        }
    }
}
