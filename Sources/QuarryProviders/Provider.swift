/// Who serves models, and how it wants to be asked: a value, so that another provider is another line of data.
///
///     let provider = Provider("acme", at: "https://api.acme.example/v1", generation: .openAIChat, keys: ["ACME_API_KEY"])
///
/// ``presets`` has those that Quarry knows.
public struct Provider: Sendable, Hashable, Codable {
    /// Where the key is written.
    public enum Authorization: Sendable, Hashable {
        /// `Authorization: Bearer`.
        case bearer
        /// As the value of this header field.
        case header(String)
    }

    /// What stands before the slash in `openai/text-embedding-3-small`.
    public var name: String
    /// Scheme, host and the path below which everything is found. Empty where every person has an address of their own.
    public var baseURL: String
    public var embedding: EmbeddingDialect?
    public var generation: GenerationDialect?
    public var reranking: RerankingDialect?
    public var transcription: TranscriptionDialect?
    public var authorization: Authorization
    /// Environment variables that hold the key, the first that is set counts. Empty where no key is needed. Servers of
    /// one's own have variables of their own: the key of a service is nothing for them.
    public var keyVariables: [String]
    /// Whether it refuses requests without a key.
    public var needsKey: Bool
    /// Sent with every request, none of them secret.
    public var headers: [String: String]
    /// Paths below ``baseURL`` where they are not the dialect's own; `{model}` stands for the model's name.
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

    /// What it can be asked to do.
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

/// Where servers of OpenAI's chat completions differ.
public struct ChatVariation: Sendable, Hashable, Codable {
    /// The field that bounds the reply's length. The default is `max_tokens`, which almost every server knows.
    public var tokenLimitField: String
    /// The field that carries a seed; nil where there is none. The default is `seed`.
    public var seedField: String?
    /// Whether a temperature is sent. Some reasoning models refuse any. The default is true.
    public var sendsTemperature: Bool
    /// Whether the token counts of a stream are asked for with `stream_options`. The default is true.
    public var asksForUsage: Bool
    /// The field that carries a name for the prompt's stable beginning, by which the provider finds it in its cache;
    /// nil where there is none. The default is nil.
    public var promptCacheField: String?

    public init(
        tokenLimitField: String = "max_tokens", seedField: String? = "seed", sendsTemperature: Bool = true,
        asksForUsage: Bool = true, promptCacheField: String? = nil
    ) {
        self.tokenLimitField = tokenLimitField
        self.seedField = seedField
        self.sendsTemperature = sendsTemperature
        self.asksForUsage = asksForUsage
        self.promptCacheField = promptCacheField
    }
}

/// How much may be sent at once, and how often.
public struct RequestLimits: Sendable, Hashable, Codable {
    /// Texts in one request for vectors.
    public var inputsPerRequest: Int
    /// Tokens in all texts of one request for vectors; nil where no limit is known.
    public var tokensPerRequest: Int?
    /// Tokens in one text; nil where the model decides.
    public var tokensPerInput: Int?
    /// Passages in one request for an order; nil where no limit is known.
    public var passagesPerReranking: Int?
    /// Tokens in all passages of one request for an order, the question counted with each; nil where no limit is known.
    public var tokensPerReranking: Int?
    /// Requests under way at a time.
    public var concurrency: Int
    /// For each task and model. Nil until the provider says so in its replies.
    public var requestsPerMinute: Int?
    /// For each task and model. Nil until the provider says so in its replies.
    public var tokensPerMinute: Int?
    /// What is waited for at most, before one request, where the provider asks for a pause or its limits are used up. A
    /// longer wait is an error that says when to come back. The default is 900 s: a limit counted by the minute is waited
    /// for many times over, one counted by the day is not.
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
