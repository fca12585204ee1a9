/// A request without a response, or a response that was rejected.
///
/// An error status is not an error here: the response is returned, and the caller decides.
package struct HTTPError: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case invalidURL, invalidRequest, cannotResolve, cannotConnect, insecureConnection, timedOut
            case connectionLost, responseTooLarge, tooManyRedirects, refusedRedirect, refusedHost, rateLimited,
                circuitOpen, malformedResponse, closed, internalFailure
        }
        private let name: Name

        package static let invalidURL = Code(name: .invalidURL)
        package static let invalidRequest = Code(name: .invalidRequest)
        package static let cannotResolve = Code(name: .cannotResolve)
        package static let cannotConnect = Code(name: .cannotConnect)
        /// The TLS handshake or the check of the certificate failed.
        package static let insecureConnection = Code(name: .insecureConnection)
        package static let timedOut = Code(name: .timedOut)
        package static let connectionLost = Code(name: .connectionLost)
        package static let responseTooLarge = Code(name: .responseTooLarge)
        package static let tooManyRedirects = Code(name: .tooManyRedirects)
        package static let refusedRedirect = Code(name: .refusedRedirect)
        /// The client's ``HostPolicy`` forbids the host.
        package static let refusedHost = Code(name: .refusedHost)
        /// The server asked for a longer wait than a ``RateLimiter`` allows.
        package static let rateLimited = Code(name: .rateLimited)
        /// A ``CircuitBreaker`` rejects requests to a server that failed repeatedly.
        package static let circuitOpen = Code(name: .circuitOpen)
        package static let malformedResponse = Code(name: .malformedResponse)
        /// The client was shut down.
        package static let closed = Code(name: .closed)
        package static let internalFailure = Code(name: .internalFailure)

        package var description: String { name.rawValue }
    }

    package var code: Code
    package var message: String
    package var underlyingError: (any Error)?
    /// Whether a proxy required credentials or rejected them. A retry does not help.
    package var isProxyAuthenticationFailure = false
    /// Whether a time limit of the request is used up, so that it is not retried: each attempt would take as long.
    package var isFinal = false

    /// What a proxy with status 407 requires.
    package static let proxyCredentials =
        "The proxy requires a user name and a password, or rejects those that it got. Its address can hold them: "
        + "http://USER:PASSWORD@HOST:PORT."

    package init(_ code: Code, _ message: String, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }

    package var description: String { message }
}
