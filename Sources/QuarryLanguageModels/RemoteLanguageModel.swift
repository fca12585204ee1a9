public import QuarryCore
public import QuarryProviders

/// A language model behind a network, or in a server on this machine.
///
///     let connection = try ProviderConnection(.preset("anthropic"), key: key)
///     let model = try RemoteLanguageModel("claude-sonnet-5-5", on: connection)
///     for try await case .text(let piece) in model.generate(request) { … }
///
/// The reply is streamed; a reply in one piece is also accepted. A failure before the first byte is retried (see
/// `ConnectionOptions.maximumAttempts`). A later one is not, because text was already passed on. Options that an
/// interface does not support, such as a seed, are omitted; unsupported stop texts and pictures are rejected. If a
/// server rejects an option (the temperature, the request for token counts, the system role, or one of OpenAI's two
/// names for the length limit), the request is repeated without it, and later requests omit it.
public struct RemoteLanguageModel: LanguageModel {
    public struct Options: Sendable, Hashable {
        /// Whether to cache the instructions at a provider that needs a request for it: marked for Anthropic, named by
        /// `ChatVariation.promptCacheField` for OpenAI and Mistral. The default is true.
        public var cachesPrompt = true
        /// Groups requests in OpenAI's and Mistral's prompt cache. The default is nil: a name derived from the
        /// instructions.
        public var promptCacheKey: String?

        public init() {}
    }

    public let name: String
    public let connection: ProviderConnection
    let options: Options
    let dialect: GenerationDialect
    let learned = LearnedVariation()
    /// Whether Ollama was asked for the location of the model.
    let place = AsyncLazy<Bool>()

    /// - Throws: `ProviderError` with code `retiredModel`, including the successor, or `invalidConfiguration` for an
    ///   empty name or a provider without text generation.
    public init(_ model: String, on connection: ProviderConnection, options: Options = .init()) throws {
        let model = try connection.check(model: model, for: .generation)
        guard let dialect = connection.provider.generation else {
            let known = Provider.presets.filter { $0.generation != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(connection.provider.name) does not offer text generation. Providers that do: \(known).")
        }
        name = model
        self.connection = connection
        self.options = options
        self.dialect = dialect
    }

    /// Uses the first model that the server lists; ``name`` is its name.
    ///
    /// It is meant for your own OpenAI-compatible servers.
    /// - Throws: `ProviderError`, with code `notFound` if there is no model.
    public static func discovered(
        on connection: ProviderConnection, options: Options = .init()
    ) async throws -> RemoteLanguageModel {
        let dialect = connection.provider.generation
        guard dialect == .openAIChat || dialect == .openAIResponses else {
            throw ProviderError(
                .invalidConfiguration,
                "\(connection.provider.name) cannot list its models. Name one: \(connection.provider.name)/MODEL."
            )
        }
        guard let first = try await connection.modelNames(for: .generation).first else {
            throw ProviderError(
                .notFound, "\(connection.provider.baseURL) has no model. Load one into the server.")
        }
        return try RemoteLanguageModel(first, on: connection, options: options)
    }

    /// Identifies the model uniquely: two models of this identity give equal replies.
    public var identity: String {
        let provider = connection.provider
        return "\(provider.name) \(dialect.rawValue) \(provider.baseURL) \(name)"
    }

    public func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let task = Task {
            do {
                try await reply(to: request) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}

extension RemoteLanguageModel.Options {
    /// The name for caching the prompt at the provider; nil if caching is off or nothing in the prompt is stable.
    package func cacheKey(for request: GenerationRequest) -> String? {
        guard cachesPrompt else { return nil }
        return promptCacheKey ?? request.messages.instructions.map { String(Self.fnv1a($0.utf8), radix: 16) }
    }

    /// The FNV-1a hash, 64 bits.
    private static func fnv1a(_ bytes: String.UTF8View) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    }
}
