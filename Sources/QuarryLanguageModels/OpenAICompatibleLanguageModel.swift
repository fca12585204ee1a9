import Foundation
public import QuarryCore
package import QuarryHTTP

/// A language model behind any server that speaks OpenAI's chat completions: OpenAI, llama.cpp, vLLM, Ollama, LM Studio,
/// Mistral, DeepSeek and others.
///
///     let model = try OpenAICompatibleLanguageModel(baseURL: "http://127.0.0.1:8080/v1", model: "qwen3")
///     for try await case .text(let piece) in model.generate(request) { … }
///
/// The reply is streamed; a server that sends it in one piece is understood as well. Failures before the first byte are
/// tried again (see ``Options/maximumAttempts``), later ones are not, since text was already handed out.
public struct OpenAICompatibleLanguageModel: LanguageModel {
    /// Which field carries the bound of the reply's length.
    public enum TokenLimitField: Sendable, Hashable {
        /// `max_tokens`, which almost every server knows.
        case maxTokens
        /// `max_completion_tokens`, which OpenAI's reasoning models insist on.
        case maxCompletionTokens
    }

    public struct Options: Sendable, Hashable {
        /// The default is nil: `max_completion_tokens` for OpenAI and Azure, `max_tokens` for everyone else.
        public var tokenLimitField: TokenLimitField?
        /// Some reasoning models refuse any temperature. The default is true.
        public var sendsTemperature = true
        /// Asks with `stream_options` for the token counts of a stream. The default is true.
        public var asksForUsage = true
        /// The header that carries the key as it is, such as `api-key`. The default is nil: `Authorization: Bearer`.
        public var keyHeader: String?
        /// More header fields, none of them secret. The default is none.
        public var headers: [String: String] = [:]
        /// The default is 5 s.
        public var connectTimeout: Duration = .seconds(5)
        /// Until the server begins to answer. The default is 600 s: a local model reads a long prompt first.
        public var firstByteTimeout: Duration = .seconds(600)
        /// Between two pieces of the reply. The default is 120 s.
        public var idleTimeout: Duration = .seconds(120)
        /// The first attempt included. The default is 3.
        public var maximumAttempts = 3

        public init() {}
    }

    public let name: String
    private let endpoint: ChatEndpoint
    private let options: Options

    /// - Parameters:
    ///   - baseURL: Where `/chat/completions` is found below, such as `http://127.0.0.1:8080/v1`.
    ///   - model: The model's name, as the server knows it.
    ///   - apiKey: Sent as a bearer token; never shown in an error.
    /// - Throws: ``LanguageModelError`` with code `invalidConfiguration`.
    public init(baseURL: String, model: String, apiKey: String? = nil, options: Options = .init()) throws {
        try self.init(baseURL: baseURL, model: model, apiKey: apiKey, options: options, client: nil)
    }

    /// - Parameter client: Shares its connections; nil makes one for this model.
    package init(
        baseURL: String, model: String, apiKey: String?, options: Options, client: HTTPClient?
    ) throws {
        guard !model.isEmpty else {
            throw LanguageModelError(.invalidConfiguration, "The model's name is empty. Name one the server offers.")
        }
        try self.init(
            model: model, endpoint: ChatEndpoint(baseURL: baseURL, apiKey: apiKey, options: options, client: client),
            options: options)
    }

    private init(model: String, endpoint: ChatEndpoint, options: Options) throws {
        self.name = model
        self.endpoint = endpoint
        var options = options
        options.tokenLimitField = options.tokenLimitField ?? endpoint.usualTokenLimitField
        self.options = options
    }

    /// Asks the server which models it has and takes the first; ``name`` says which that is.
    /// - Throws: ``LanguageModelError``, with code `notFound` where it has none.
    public static func discovered(
        at baseURL: String, apiKey: String? = nil, options: Options = .init()
    ) async throws -> OpenAICompatibleLanguageModel {
        try await discovered(at: baseURL, apiKey: apiKey, options: options, client: nil)
    }

    /// - Parameter client: Shares its connections; nil makes one for this model.
    package static func discovered(
        at baseURL: String, apiKey: String?, options: Options, client: HTTPClient?
    ) async throws -> OpenAICompatibleLanguageModel {
        let endpoint = try ChatEndpoint(baseURL: baseURL, apiKey: apiKey, options: options, client: client)
        return try await OpenAICompatibleLanguageModel(
            model: endpoint.firstModel(), endpoint: endpoint, options: options)
    }

    public func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let body = ChatCompletionRequest(request, model: name, options: options)
        let endpoint = endpoint
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let task = Task {
            do {
                try await endpoint.complete(body) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: endpoint.presentable(error))
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
