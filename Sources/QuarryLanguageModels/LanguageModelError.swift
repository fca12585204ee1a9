import QuarryHTTP

/// Why a remote language model gave no reply, or only a part of one.
public struct LanguageModelError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case invalidConfiguration, unreachable, timedOut, unauthorized, notFound, rateLimited, contextTooLong
            case requestRefused, serverFailure, malformedReply, interrupted
        }
        private let name: Name

        /// A URL, header or key that cannot be used.
        public static let invalidConfiguration = Code(name: .invalidConfiguration)
        public static let unreachable = Code(name: .unreachable)
        public static let timedOut = Code(name: .timedOut)
        public static let unauthorized = Code(name: .unauthorized)
        /// The server knows no such model or path.
        public static let notFound = Code(name: .notFound)
        public static let rateLimited = Code(name: .rateLimited)
        /// The prompt does not fit the model's context.
        public static let contextTooLong = Code(name: .contextTooLong)
        public static let requestRefused = Code(name: .requestRefused)
        public static let serverFailure = Code(name: .serverFailure)
        public static let malformedReply = Code(name: .malformedReply)
        /// The reply broke off. What came before is not the whole answer.
        public static let interrupted = Code(name: .interrupted)

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

extension LanguageModelError {
    init(_ error: HTTPError) {
        let code: Code =
            switch error.code {
            case .invalidURL, .invalidRequest, .internalFailure, .closed: .invalidConfiguration
            case .timedOut: .timedOut
            case .connectionLost: .interrupted
            case .responseTooLarge, .malformedResponse: .malformedReply
            default: .unreachable
            }
        self.init(code, error.message, underlyingError: error)
    }

    /// - Parameter place: What was asked, for the message.
    init(status: Int, _ failure: ProviderFailure, from place: String) {
        let code: Code =
            switch status {
            case _ where failure.saysInputTooLong && status != 429: .contextTooLong
            case 401, 403: .unauthorized
            case 404: .notFound
            case 413: .contextTooLong
            case 408, 504: .timedOut
            case 429: .rateLimited
            case 500...: .serverFailure
            default: .requestRefused
            }
        let advice: String =
            switch code {
            case .unauthorized: " Check the API key."
            case .notFound: " Check the base URL (it usually ends in /v1) and the model's name."
            case .contextTooLong: " Retrieve fewer or shorter passages, or use a model with a longer context."
            case .rateLimited: " Wait, or ask less often."
            default: ""
            }
        let reason = failure.message.map { ": \($0)" } ?? ""
        let end = reason.isEmpty || ![".", "!", "?"].contains(reason.suffix(1)) ? "." : ""
        self.init(code, "\(place) answered with status \(status)\(reason)\(end)\(advice)")
    }
}
