/// A model provider and its API, as a value: a new provider needs no code.
///
///     let provider = Provider("acme", at: "https://api.acme.example/v1", generation: .openAIChat, keys: ["ACME_API_KEY"])
///
/// ``presets`` has the built-in ones.
public struct Provider: Sendable, Hashable, Codable {
    /// The place of the key in a request.
    public enum Authorization: Sendable, Hashable {
        /// `Authorization: Bearer`.
        case bearer
        /// The value of this header field.
        case header(String)
    }

    /// The part before the slash in `openai/text-embedding-3-small`.
    public var name: String
    /// Scheme, host and base path. Empty if every user has a different address.
    public var baseURL: String
    public var embedding: EmbeddingDialect?
    public var generation: GenerationDialect?
    public var reranking: RerankingDialect?
    public var transcription: TranscriptionDialect?
    public var authorization: Authorization
    /// The environment variables for the key; the first that is set counts. Empty for providers without keys.
    ///
    /// Local servers have their own variables, so that the key of a service is never sent to them.
    public var keyVariables: [String]
    /// Whether it rejects requests without a key.
    public var needsKey: Bool
    /// Header fields of every request. They are not secret.
    public var headers: [String: String]
    /// Paths below ``baseURL`` that differ from the dialect's. `{model}` is replaced by the model's name.
    public var paths: [ModelTask: String]
    public var chat: ChatVariation
    public var limits: RequestLimits

    public init(
        _ name: String, at baseURL: String = "", embedding: EmbeddingDialect? = nil,
        generation: GenerationDialect? = nil, reranking: RerankingDialect? = nil,
        transcription: TranscriptionDialect? = nil, authorization: Authorization = .bearer, keys: [String] = [],
        needsKey: Bool? = nil, headers: [String: String] = [:], paths: [ModelTask: String] = [:],
        chat: ChatVariation = .init(), limits: RequestLimits = .init()
    ) {
        self.name = name
        self.baseURL = baseURL
        self.embedding = embedding
        self.generation = generation
        self.reranking = reranking
        self.transcription = transcription
        self.authorization = authorization
        self.keyVariables = keys
        self.needsKey = needsKey ?? !keys.isEmpty
        self.headers = headers
        self.paths = paths
        self.chat = chat
        self.limits = limits
    }

    /// The supported tasks.
    public var tasks: [ModelTask] {
        ModelTask.allCases.filter { task in
            switch task {
            case .embedding: embedding != nil
            case .generation: generation != nil
            case .reranking: reranking != nil
            case .transcription: transcription != nil
            }
        }
    }
}

/// The differences between servers with OpenAI's chat completions API.
public struct ChatVariation: Sendable, Hashable, Codable {
    /// The field for the maximum reply length. The default is `max_tokens`, which almost every server supports.
    public var tokenLimitField: String
    /// The field for the seed; nil if seeds are not supported. The default is `seed`.
    public var seedField: String?
    /// Whether a temperature is sent. Some reasoning models reject it. The default is true.
    public var sendsTemperature: Bool
    /// Whether `stream_options` requests the token counts of a stream. The default is true.
    public var asksForUsage: Bool
    /// Whether instructions have a turn of their own. If not, they begin the first turn of the user. The default is true.
    public var sendsSystemRole: Bool
    /// The field for a prompt cache key, which identifies the stable beginning of the prompt. The default is nil.
    public var promptCacheField: String?

    public init(
        tokenLimitField: String = "max_tokens", seedField: String? = "seed", sendsTemperature: Bool = true,
        asksForUsage: Bool = true, sendsSystemRole: Bool = true, promptCacheField: String? = nil
    ) {
        self.tokenLimitField = tokenLimitField
        self.seedField = seedField
        self.sendsTemperature = sendsTemperature
        self.asksForUsage = asksForUsage
        self.sendsSystemRole = sendsSystemRole
        self.promptCacheField = promptCacheField
    }
}

/// Limits on the size and rate of requests.
public struct RequestLimits: Sendable, Hashable, Codable {
    /// Texts per embedding request.
    public var inputsPerRequest: Int
    /// Tokens in all texts of an embedding request; nil if unknown.
    public var tokensPerRequest: Int?
    /// Tokens per text; nil if it depends on the model.
    public var tokensPerInput: Int?
    /// Passages per re-ranking request; nil if unknown.
    public var passagesPerReranking: Int?
    /// Tokens in all passages of a re-ranking request, with the question counted for each passage; nil if unknown.
    public var tokensPerReranking: Int?
    /// Concurrent requests.
    public var concurrency: Int
    /// The rate for each task and model. If nil, it is learned from the provider's replies.
    public var requestsPerMinute: Int?
    /// The rate for each task and model. If nil, it is learned from the provider's replies.
    public var tokensPerMinute: Int?
    /// The longest wait before one request, for a pause of the provider or a used-up limit.
    ///
    /// A longer wait is an error that says when the limit ends. The default is 900 s, which suits limits per minute but
    /// not limits per day.
    public var maximumWaitSeconds: Int

    public init(
        inputsPerRequest: Int = 128, tokensPerRequest: Int? = nil, tokensPerInput: Int? = nil,
        passagesPerReranking: Int? = nil, tokensPerReranking: Int? = nil, concurrency: Int = 4,
        requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, maximumWaitSeconds: Int = 900
    ) {
        self.inputsPerRequest = inputsPerRequest
        self.tokensPerRequest = tokensPerRequest
        self.tokensPerInput = tokensPerInput
        self.passagesPerReranking = passagesPerReranking
        self.tokensPerReranking = tokensPerReranking
        self.concurrency = concurrency
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.maximumWaitSeconds = maximumWaitSeconds
    }
}

extension Provider.Authorization: Codable {
    /// `bearer`, or the name of a header field.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self = text == "bearer" ? .bearer : .header(text)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .bearer: try container.encode("bearer")
        case .header(let name): try container.encode(name)
        }
    }
}
