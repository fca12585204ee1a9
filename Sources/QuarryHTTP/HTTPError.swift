/// A request that brought no response, or a response that had to be refused.
///
/// A response with an error status is not an error here: it is returned, and the caller judges it.
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
        /// The server asked for a longer pause than a ``RateLimiter`` waits.
        package static let rateLimited = Code(name: .rateLimited)
        /// A ``CircuitBreaker`` holds requests back from a server that failed again and again.
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
    /// Whether a proxy refused to open a tunnel for want of credentials that it takes: asking again does not help.
    package var isProxyRefusal = false

    /// Where to put a proxy's credentials.
    package static let proxyAdvice =
        "The proxy wants a user name and a password, or others than it was given. Write them into its address, "
        + "http://USER:PASSWORD@HOST:PORT: “proxy” in the configuration, QUARRY_PROXY, or http_proxy and https_proxy."

    package init(_ code: Code, _ message: String, underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }

    package var description: String { message }
}
