/// One turn of a conversation with a language model.
public struct Message: Sendable, Hashable, Codable {
    public enum Role: String, Sendable, Hashable, Codable {
        case system
        case user
        case assistant
    }

    public var role: Role
    public var content: String

    public init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }
}

/// What is asked of a language model.
public struct GenerationRequest: Sendable, Hashable {
    public var messages: [Message]
    /// Upper bound of the reply's length. The default is 512.
    public var maximumTokens: Int
    /// 0 is the most deterministic a model offers. The default is 0.
    public var temperature: Double
    public var stop: [String]
    public var seed: Int?

    public init(
        messages: [Message], maximumTokens: Int = 512, temperature: Double = 0, stop: [String] = [], seed: Int? = nil
    ) {
        self.messages = messages
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.stop = stop
        self.seed = seed
    }
}

/// Tokens that a call was billed for, as the provider counts them.
public struct TokenUsage: Sendable, Hashable, Codable {
    public var input: Int
    public var output: Int

    public init(input: Int, output: Int) {
        self.input = input
        self.output = output
    }
}

/// Why a model stopped.
public enum FinishReason: Sendable, Hashable {
    case stop
    /// The reply was cut at the request's maximum.
    case length
    /// The provider withheld the reply.
    case contentFilter
    case other(String)
}

/// A piece of a reply.
public enum GenerationEvent: Sendable, Hashable {
    case text(String)
    /// Always the last; usage is nil where the provider did not say.
    case finished(FinishReason, TokenUsage?)
}

/// Writes text.
public protocol LanguageModel: Sendable {
    /// The model's name, as shown with an answer.
    var name: String { get }

    /// Streams the reply. The stream ends after `.finished`, or throws; cancelling the consuming task stops the request.
    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error>
}
