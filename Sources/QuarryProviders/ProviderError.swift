public import QuarryCore

/// Why a provider made nothing of a request.
public struct ProviderError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case invalidConfiguration, invalidInput, retiredModel, unreachable, refusedHost, insecureConnection,
                timedOut
            case unauthorized, notFound, rateLimited, quotaExhausted, inputTooLong, contentFiltered, requestRefused
            case serverFailure, unavailable, malformedReply, wrongDimension, interruptedReply, budgetExceeded
        }
        private let name: Name

        /// A URL, header, key, name or limit that cannot be used.
        public static let invalidConfiguration = Code(name: .invalidConfiguration)
        /// A text that cannot be sent, such as an empty one.
        public static let invalidInput = Code(name: .invalidInput)
        /// A model that its provider has shut down; the message names the successor.
        public static let retiredModel = Code(name: .retiredModel)
        public static let unreachable = Code(name: .unreachable)
        /// A host that the configuration forbids, as one beyond this machine.
        public static let refusedHost = Code(name: .refusedHost)
        /// The TLS handshake or the check of the certificate failed.
        public static let insecureConnection = Code(name: .insecureConnection)
        public static let timedOut = Code(name: .timedOut)
        public static let unauthorized = Code(name: .unauthorized)
        /// The server knows no such model or path.
        public static let notFound = Code(name: .notFound)
        public static let rateLimited = Code(name: .rateLimited)
        /// The account has no credit left; waiting does not help.
        public static let quotaExhausted = Code(name: .quotaExhausted)
        /// The texts of one request, or a single text, exceed what the provider takes.
        public static let inputTooLong = Code(name: .inputTooLong)
        /// The provider withheld its reply.
        public static let contentFiltered = Code(name: .contentFiltered)
        public static let requestRefused = Code(name: .requestRefused)
        public static let serverFailure = Code(name: .serverFailure)
        /// Not asked, because it failed too often just before; or none of several could answer, for different reasons.
        public static let unavailable = Code(name: .unavailable)
        public static let malformedReply = Code(name: .malformedReply)
        public static let wrongDimension = Code(name: .wrongDimension)
        /// A stream that ended before its end.
        public static let interruptedReply = Code(name: .interruptedReply)
        /// The next request would cross a budget; it was not sent.
        public static let budgetExceeded = Code(name: .budgetExceeded)

        public var description: String { name.rawValue }
    }

    public var code: Code
    /// A sentence for a person: the thing, its value, the next step. Never holds a key.
    public var message: String
    public var underlyingError: (any Error)?
    /// Which of the texts that were handed over it is about, where it is about one.
    public var position: Int?

    public init(_ code: Code, _ message: String, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }

    public var description: String { message }
}

extension ProviderError {
    /// Whether it is about what was asked, so that the same model may fare better with another text, question or picture.
    ///
    /// Not so for what would befall those as well: no key, no credit, a budget that is used up, a server that cannot be
    /// reached or failed too often.
    public var concernsOneInput: Bool {
        let codes: Set<Code> = [
            .invalidInput, .inputTooLong, .contentFiltered, .requestRefused, .serverFailure, .timedOut, .malformedReply,
            .interruptedReply,
        ]
        return codes.contains(code)
    }
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
