/// One turn of a conversation with a language model.
public struct Message: Sendable, Hashable, Codable {
    public enum Role: String, Sendable, Hashable, Codable {
        case system
        case user
        case assistant
    }

    /// An image attached to a turn.
    public struct Image: Sendable, Hashable, Codable {
        /// A media type such as `image/png`.
        public var mediaType: String
        public var bytes: [UInt8]

        public init(mediaType: String, bytes: [UInt8]) {
            self.mediaType = mediaType
            self.bytes = bytes
        }
    }

    public var role: Role
    public var content: String
    /// Shown to the model before the text. Most turns have none.
    public var images: [Image]

    public init(_ role: Role, _ content: String, images: [Image] = []) {
        self.role = role
        self.content = content
        self.images = images
    }
}

/// A request to a language model.
public struct GenerationRequest: Sendable, Hashable, Codable {
    public var messages: [Message]
    /// Upper bound of the reply's length. The default is 512.
    public var maximumTokens: Int
    /// The sampling temperature; 0 is the most deterministic. The default is 0.
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
    /// Tokens read, including tokens from the provider's cache.
    public var input: Int
    public var output: Int
    /// The part of ``input`` that came from the provider's cache.
    public var cachedInput: Int

    public init(input: Int, output: Int, cachedInput: Int = 0) {
        self.input = Self.bounded(input)
        self.output = Self.bounded(output)
        self.cachedInput = Self.bounded(cachedInput)
    }

    /// More tokens than any request uses.
    private static let limit = 1 << 40

    /// A count from a server, clamped so that no sum overflows: -1 for a negative count, 2^40 for a larger one. Neither
    /// is ``isCredible``.
    package static func bounded(_ count: Int) -> Int { min(max(count, -1), limit) }

    /// The same for a server that counts in floating point, rounded up.
    package static func bounded(_ count: Double) -> Int { Int(exactly: count.rounded(.up)).map { bounded($0) } ?? -1 }

    /// Whether every count is in the plausible range.
    package var isCredible: Bool { [input, output, cachedInput].allSatisfy { (0..<Self.limit).contains($0) } }
}

/// Why a model stopped.
public enum FinishReason: Sendable, Hashable {
    case stop
    /// The reply reached the request's maximum length.
    case length
    /// The provider withheld the reply.
    case contentFilter
    case other(String)
}

/// A piece of a reply.
public enum GenerationEvent: Sendable, Hashable {
    case text(String)
    /// The named model failed for the given reason, and another one writes the reply. Comes before any text.
    case switched(from: String, to: String, reason: String)
    /// The reply comes from a cache of equal requests. Comes before any text.
    case cached
    /// Always the last event; usage is nil if the provider did not report it.
    case finished(FinishReason, TokenUsage?)
}

/// Generates text.
public protocol LanguageModel: Sendable {
    /// The model's name, as shown with an answer.
    var name: String { get }

    /// Streams the reply. The stream ends after `.finished`, or throws; cancelling the consuming task stops the request.
    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error>
}
