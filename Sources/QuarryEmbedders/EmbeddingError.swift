import QuarryHTTP

/// Why a remote embedder made no vectors.
public struct EmbeddingError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case invalidConfiguration, invalidInput, unreachable, timedOut, unauthorized, notFound, rateLimited
            case inputTooLong, requestRefused, serverFailure, malformedReply, wrongDimension
        }
        private let name: Name

        /// A URL, header, key or limit that cannot be used.
        public static let invalidConfiguration = Code(name: .invalidConfiguration)
        /// A text that cannot be embedded, such as an empty one.
        public static let invalidInput = Code(name: .invalidInput)
        public static let unreachable = Code(name: .unreachable)
        public static let timedOut = Code(name: .timedOut)
        public static let unauthorized = Code(name: .unauthorized)
        /// The server knows no such model or path.
        public static let notFound = Code(name: .notFound)
        public static let rateLimited = Code(name: .rateLimited)
        /// One text alone is longer than the model accepts.
        public static let inputTooLong = Code(name: .inputTooLong)
        public static let requestRefused = Code(name: .requestRefused)
        public static let serverFailure = Code(name: .serverFailure)
        /// Vectors are missing, in doubt, not finite or without direction.
        public static let malformedReply = Code(name: .malformedReply)
        public static let wrongDimension = Code(name: .wrongDimension)

        public var description: String { name.rawValue }
    }

    public var code: Code
    public var message: String
    public var underlyingError: (any Error)?

    public init(_ code: Code, _ message: String, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }

    public var description: String { message }
}

extension EmbeddingError {
    init(_ error: HTTPError) {
        let code: Code =
            switch error.code {
            case .invalidURL, .invalidRequest, .internalFailure, .closed: .invalidConfiguration
            case .timedOut: .timedOut
            case .responseTooLarge, .malformedResponse: .malformedReply
            default: .unreachable
            }
        self.init(code, error.message, underlyingError: error)
    }

    /// - Parameter place: What was asked, for the message.
    init(status: Int, _ failure: ProviderFailure, from place: String) {
        let code: Code =
            switch status {
            case _ where failure.saysInputTooLong && status != 429: .inputTooLong
            case 401, 403: .unauthorized
            case 404: .notFound
            case 413: .inputTooLong
            case 408, 504: .timedOut
            case 429: .rateLimited
            case 500...: .serverFailure
            default: .requestRefused
            }
        let advice: String =
            switch code {
            case .unauthorized: " Check the API key."
            case .notFound: " Check the base URL (it usually ends in /v1) and the model's name."
            case .inputTooLong: " Make the chunks shorter."
            case .rateLimited: " Wait, or ask less often."
            default: ""
            }
        let reason = failure.message.map { ": \($0)" } ?? ""
        let end = reason.isEmpty || ![".", "!", "?"].contains(reason.suffix(1)) ? "." : ""
        self.init(code, "\(place) answered with status \(status)\(reason)\(end)\(advice)")
    }
}
