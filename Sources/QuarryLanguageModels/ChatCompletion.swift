import QuarryCore

/// The request body of `POST /chat/completions`.
struct ChatCompletionRequest: Encodable {
    struct Turn: Encodable {
        var role: String
        var content: String
    }

    struct StreamOptions: Encodable {
        var includeUsage: Bool

        private enum CodingKeys: String, CodingKey { case includeUsage = "include_usage" }
    }

    var model: String
    var messages: [Turn]
    var maxTokens: Int?
    var maxCompletionTokens: Int?
    var temperature: Double?
    var stop: [String]?
    var seed: Int?
    var stream = true
    var streamOptions: StreamOptions?

    private enum CodingKeys: String, CodingKey {
        case model, messages, temperature, stop, seed, stream
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
        case streamOptions = "stream_options"
    }

    init(_ request: GenerationRequest, model: String, options: OpenAICompatibleLanguageModel.Options) {
        self.model = model
        messages = request.messages.map { Turn(role: $0.role.rawValue, content: $0.content) }
        switch options.tokenLimitField ?? .maxTokens {
        case .maxTokens: maxTokens = request.maximumTokens
        case .maxCompletionTokens: maxCompletionTokens = request.maximumTokens
        }
        temperature = options.sendsTemperature ? request.temperature : nil
        stop = request.stop.isEmpty ? nil : request.stop
        seed = request.seed
        streamOptions = options.asksForUsage ? StreamOptions(includeUsage: true) : nil
    }
}

/// A whole reply, or one chunk of a streamed one: they differ only in where the text stands.
struct ChatCompletionReply: Decodable {
    struct Content: Decodable {
        var content: String?
        var refusal: String?
    }

    struct Choice: Decodable {
        var index: Int?
        var delta: Content?
        var message: Content?
        var finishReason: String?

        private enum CodingKeys: String, CodingKey {
            case index, delta, message
            case finishReason = "finish_reason"
        }
    }

    struct Usage: Decodable {
        var promptTokens: Int?
        var completionTokens: Int?

        private enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    var choices: [Choice]?
    var usage: Usage?
}

/// The reply of `GET /models`.
struct ModelList: Decodable {
    struct Model: Decodable { var id: String }
    var data: [Model]
}

extension FinishReason {
    /// OpenAI's `finish_reason`.
    init(openAI name: String) {
        switch name {
        case "stop", "eos": self = .stop
        case "length": self = .length
        case "content_filter": self = .contentFilter
        default: self = .other(name)
        }
    }
}
