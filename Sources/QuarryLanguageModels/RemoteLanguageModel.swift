public import QuarryCore
public import QuarryProviders

/// A language model behind a network, or in a server on this machine.
///
///     let connection = try ProviderConnection(.preset("anthropic"), key: key)
///     let model = try RemoteLanguageModel("claude-sonnet-5-5", on: connection)
///     for try await case .text(let piece) in model.generate(request) { … }
///
/// The reply is streamed; a server that sends it in one piece is understood as well. Failures before the first byte are
/// tried again (see ``ConnectionOptions/maximumAttempts``), later ones are not, since text was already handed out. What
/// the interface of a provider has no field for, such as a seed, is left out; stop texts and pictures are refused there.
/// A model that refuses the temperature, as those that reason do, is asked again without one, and from then on; so is
/// one that knows the bound of its reply only by the other of OpenAI's two names, as older ones on Azure.
public struct RemoteLanguageModel: LanguageModel {
    public struct Options: Sendable, Hashable {
        /// Whether the provider is asked to keep the instructions in its prompt cache, where it wants to be asked: marked
        /// for Anthropic, named by ``ChatVariation/promptCacheField`` for OpenAI and Mistral. The default is true.
        public var cachesPrompt = true
        /// Groups requests in OpenAI's and Mistral's prompt cache. The default is nil: a name made of the instructions.
        public var promptCacheKey: String?

        public init() {}
    }

    public let name: String
    public let connection: ProviderConnection
    let options: Options
    let dialect: GenerationDialect
    let refusesTemperature = Discovery()
    let wantsOtherTokenField = Discovery()
    /// Whether Ollama was asked where the model runs.
    let place = AsyncLazy<Bool>()

    /// - Throws: ``ProviderError`` with code `retiredModel`, which names the successor, or `invalidConfiguration` for an
    ///   empty name or a provider that writes no text.
    public init(_ model: String, on connection: ProviderConnection, options: Options = .init()) throws {
        let model = try connection.check(model: model, for: .generation)
        guard let dialect = connection.provider.generation else {
            let known = Provider.presets.filter { $0.generation != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(connection.provider.name) writes no text. Those that do: \(known).")
        }
        name = model
        self.connection = connection
        self.options = options
        self.dialect = dialect
    }

    /// Asks the server which models it has and takes the first; ``name`` says which that is.
    ///
    /// Meant for servers of one's own that speak as OpenAI does.
    /// - Throws: ``ProviderError``, with code `notFound` where it has none.
    public static func discovered(
        on connection: ProviderConnection, options: Options = .init()
    ) async throws -> RemoteLanguageModel {
        let dialect = connection.provider.generation
        guard dialect == .openAIChat || dialect == .openAIResponses else {
            throw ProviderError(
                .invalidConfiguration,
                "The models of \(connection.provider.name) cannot be asked for. Name one: \(connection.provider.name)/MODEL."
            )
        }
        guard let first = try await connection.modelNames(for: .generation).first else {
            throw ProviderError(
                .notFound, "\(connection.provider.baseURL) offers no model. Load one into the server.")
        }
        return try RemoteLanguageModel(first, on: connection, options: options)
    }

    /// Names the model beyond doubt: two models of this identity answer alike.
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
    /// The name under which a provider caches the prompt; nil where it is not to, or nothing in it is stable.
    package func cacheKey(for request: GenerationRequest) -> String? {
        guard cachesPrompt else { return nil }
        return promptCacheKey ?? request.messages.instructions.map { String(Self.fnv1a($0.utf8), radix: 16) }
    }

    /// The FNV-1a hash, 64 bits.
    private static func fnv1a(_ bytes: String.UTF8View) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    }
}
