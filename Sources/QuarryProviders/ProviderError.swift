public import QuarryCore

/// A failed request to a provider.
public struct ProviderError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case invalidConfiguration, missingBaseURL, missingKey, invalidInput, retiredModel, unreachable, refusedHost,
                insecureConnection, timedOut, unknownServer, otherModel
            case unauthorized, proxyUnauthorized, notFound, rateLimited, quotaExhausted, inputTooLong, contentFiltered,
                requestRefused
            case serverFailure, unavailable, malformedReply, wrongDimension, interruptedReply, budgetExceeded
        }
        private let name: Name

        /// A URL, header, key, name or limit that cannot be used.
        public static let invalidConfiguration = Code(name: .invalidConfiguration)
        /// A provider without a base URL, because every user has a different one.
        public static let missingBaseURL = Code(name: .missingBaseURL)
        /// A provider that requires an API key, without one.
        public static let missingKey = Code(name: .missingKey)
        /// A text that cannot be sent, such as an empty one.
        public static let invalidInput = Code(name: .invalidInput)
        /// A model that its provider has shut down. The message names the successor.
        public static let retiredModel = Code(name: .retiredModel)
        public static let unreachable = Code(name: .unreachable)
        /// A host that is not allowed, such as one other than this machine.
        public static let refusedHost = Code(name: .refusedHost)
        /// A server that only an index names, and that its user has not agreed to. Nothing was sent.
        public static let unknownServer = Code(name: .unknownServer)
        /// A server with a model of the same name that makes other vectors than the index has.
        public static let otherModel = Code(name: .otherModel)
        /// The TLS handshake or the check of the certificate failed.
        public static let insecureConnection = Code(name: .insecureConnection)
        public static let timedOut = Code(name: .timedOut)
        public static let unauthorized = Code(name: .unauthorized)
        /// The proxy requires credentials or rejects those that it got.
        public static let proxyUnauthorized = Code(name: .proxyUnauthorized)
        /// The server does not have the model or path.
        public static let notFound = Code(name: .notFound)
        public static let rateLimited = Code(name: .rateLimited)
        /// The account has no credit left. Waiting does not help.
        public static let quotaExhausted = Code(name: .quotaExhausted)
        /// The texts of one request, or a single text, exceed the provider's limit.
        public static let inputTooLong = Code(name: .inputTooLong)
        /// The provider withheld its reply.
        public static let contentFiltered = Code(name: .contentFiltered)
        public static let requestRefused = Code(name: .requestRefused)
        public static let serverFailure = Code(name: .serverFailure)
        /// Not sent, because the provider failed too often; or all of several providers failed, for different reasons.
        public static let unavailable = Code(name: .unavailable)
        public static let malformedReply = Code(name: .malformedReply)
        public static let wrongDimension = Code(name: .wrongDimension)
        /// A truncated stream.
        public static let interruptedReply = Code(name: .interruptedReply)
        /// The request could exceed a budget. It was not sent.
        public static let budgetExceeded = Code(name: .budgetExceeded)

        public var description: String { name.rawValue }
    }

    public var code: Code
    /// A sentence for a person: the thing, its value and the reason. It never contains a key.
    public var message: String
    public var underlyingError: (any Error)?
    /// Whether the provider refused the request without a reason.
    package var isUnexplained = false
    /// The position of the text that caused the error, if it was one text.
    public var position: Int?

    public init(_ code: Code, _ message: String, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }

    public var description: String { message }
}

extension ProviderError: InputFailure {
    /// Whether the error concerns only this text, question or picture, so that another one may succeed.
    ///
    /// False for errors that affect every request: no key, no credit, a used-up budget, or a server that cannot be
    /// reached or failed too often.
    public var concernsOneInput: Bool {
        let codes: Set<Code> = [
            .invalidInput, .inputTooLong, .contentFiltered, .requestRefused, .serverFailure, .timedOut, .malformedReply,
            .interruptedReply,
        ]
        return codes.contains(code)
    }

    public var isTooLong: Bool { code == .inputTooLong }
}

extension ProviderError: TransientFailure {
    /// Whether the provider may answer the same request later, with nothing changed.
    public var isTransient: Bool {
        let codes: Set<Code> = [
            .unreachable, .timedOut, .rateLimited, .serverFailure, .unavailable, .malformedReply, .interruptedReply,
        ]
        return codes.contains(code)
    }
}
