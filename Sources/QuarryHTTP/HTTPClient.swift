import Foundation

/// Sends HTTP requests over one pool of connections: HTTP/2 where the server speaks it, kept alive otherwise.
///
/// Cancelling the task that waits for a response, or dropping an ``HTTPStream``, closes the transfer at once.
package final class HTTPClient: Sendable {
    package struct Configuration: Sendable {
        package enum Proxy: Sendable {
            case none
            /// libcurl's reading of `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`.
            case environment
            /// - Parameter password: `user:password`, if the proxy wants them.
            case url(HTTPURL, password: Secret? = nil)
        }

        package enum CertificateAuthorities: Sendable {
            /// Those libcurl was built with.
            case system
            /// A PEM file with the certificates to trust instead.
            case file(String)
        }

        /// The default is none: a library does not read the environment unasked.
        package var proxy: Proxy = .none
        /// The default is the system's.
        package var certificateAuthorities: CertificateAuthorities = .system
        /// Limits of requests that bring none of their own.
        package var limits = HTTPLimits()
        /// The default is 8; requests beyond wait.
        package var maximumConnectionsPerHost = 8
        /// The default is 64.
        package var maximumConnections = 64
        /// Sent where a request has no `User-Agent`. The default is `quarry`.
        package var userAgent = "quarry"

        package init() {}
    }

    package let configuration: Configuration
    private let engine: TransferEngine

    /// - Throws: ``HTTPError`` where libcurl cannot be initialised.
    package init(_ configuration: Configuration = .init()) throws {
        self.configuration = configuration
        self.engine = try TransferEngine(configuration)
    }

    deinit { engine.stop() }

    /// The whole response, whatever its status.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let stream = try await stream(request)
        return HTTPResponse(head: stream.head, body: try await stream.collect())
    }

    /// A response whose head is there and whose body is still coming.
    package func stream(_ request: HTTPRequest) async throws -> HTTPStream {
        var request = request
        if request.headers["user-agent"] == nil { request.headers.add("User-Agent", configuration.userAgent) }
        let limits = request.limits ?? configuration.limits
        var followed = 0
        while true {
            let transfer = Transfer(request, limits: limits)
            let body = HTTPBody(transfer: transfer, engine: engine, client: self)
            engine.start(transfer)
            let head = try await body.head()
            guard
                let next = try Redirect.next(
                    after: head, to: request, followed: followed, maximum: limits.maximumRedirects)
            else { return HTTPStream(head: head, body: body) }
            request = next
            followed += 1
        }
    }
}
