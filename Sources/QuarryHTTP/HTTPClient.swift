import Foundation
import Synchronization

/// Sends HTTP requests over one connection pool, with HTTP/2 if the server supports it and keep-alive otherwise.
///
/// Cancelling the task that waits for a response, or dropping an ``HTTPStream``, closes the transfer immediately.
package final class HTTPClient: Sendable {
    package struct Configuration: Sendable {
        package enum Proxy: Sendable {
            case none
            /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, as libcurl reads them. Requests to this machine
            /// go directly.
            case environment
            /// - Parameter password: `user:password` for a proxy that requires them, percent-encoded as in a URL.
            case url(HTTPURL, password: Secret? = nil)
        }

        package enum CertificateAuthorities: Sendable {
            /// The certificates that libcurl was built with.
            case system
            /// A PEM file with the certificates to trust instead.
            case file(String)
        }

        /// The default is none: the library does not read the environment unless asked.
        package var proxy: Proxy = .none
        /// The default is the system's.
        package var certificateAuthorities: CertificateAuthorities = .system
        /// Limits of requests without limits of their own.
        package var limits = HTTPLimits()
        /// The maximum number of connections to one host. The default is 8.
        ///
        /// Further requests wait unless HTTP/2 lets them share a connection. With HTTP/1.1 every open stream takes one.
        package var maximumConnectionsPerHost = 8
        /// The maximum number of connections. The default is 64.
        ///
        /// Each is an open file of the process, and many systems allow 1,024 by default.
        package var maximumConnections = 64
        /// The `User-Agent` of requests without one. The default is `quarry`.
        package var userAgent = "quarry"
        /// The default allows every host.
        package var hosts = HostPolicy.any
        /// Fixed addresses of host names, as `host:port:address`. They replace the lookup. The default is empty.
        package var resolve: [String] = []
        /// Called for every event, on several threads and during transfers: it must return soon. The default is nil.
        package var trace: (@Sendable (HTTPTraceEvent) -> Void)?
        /// Whether the trace includes the starts of bodies, which hold private texts. The default is false.
        package var tracesBodies = false
        /// Called at the start of each wait of ``RateLimiter/noticeableWait`` or more before a retry, and when shorter
        /// waits before one request add up to it, and to twice as much each time. The default is nil.
        package var onWait: (@Sendable (_ delay: Duration, _ waited: Duration, _ reason: String) -> Void)?
        /// The clock for waits between attempts. The default is the system's.
        package var clock = TimeSource.system

        package init() {}
    }

    package let configuration: Configuration
    private let engine: TransferEngine
    private let exchangeCount = Atomic(0)

    /// Proxies of the environment are ignored if not every host is allowed.
    ///
    /// - Throws: ``HTTPError`` if libcurl cannot be initialised. Also, with code `refusedHost`, if a proxy is set and
    ///   not every host is allowed: even a local proxy would forward requests to other hosts.
    package init(_ configuration: Configuration = .init()) throws {
        if !configuration.hosts.allowsProxy, case .url(let proxy, _) = configuration.proxy {
            let allowed = configuration.hosts == .loopbackOnly ? "this machine is" : "public addresses are"
            throw HTTPError(
                .refusedHost, "The proxy \(proxy) could forward requests to other hosts, and only \(allowed) allowed.")
        }
        self.configuration = configuration
        self.engine = try TransferEngine(configuration)
    }

    deinit { engine.stop() }

    /// The whole response, with any status.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let stream = try await stream(request, exchange(for: request), reading: .whole, AttemptStart(nil))
        return HTTPResponse(head: stream.head, body: try await stream.collect())
    }

    /// A response whose head has arrived and whose body is still being received.
    package func stream(_ request: HTTPRequest) async throws -> HTTPStream {
        try await stream(request, exchange(for: request), reading: .pieces, AttemptStart(nil))
    }

    /// The state that all attempts at one request share.
    struct Exchange: Sendable {
        let redactor: Redactor
        let tracer: Tracer?
    }

    func exchange(for request: HTTPRequest) -> Exchange {
        var others: [Secret] = []
        if case .url(_, let password?) = configuration.proxy { others += password.proxyForms }
        let redactor = Redactor(request.headers, and: others)
        let number = exchangeCount.add(1, ordering: .relaxed).newValue
        let tracer = configuration.trace.map {
            Tracer(exchange: number, redactor: redactor, showsBodies: configuration.tracesBodies, sink: $0)
        }
        return Exchange(redactor: redactor, tracer: tracer)
    }

    func stream(
        _ request: HTTPRequest, _ exchange: Exchange, reading: Transfer.Reading, _ start: AttemptStart
    ) async throws -> HTTPStream {
        do {
            return try await follow(request, exchange, reading, start)
        } catch {
            throw exchange.redactor.redact(error)
        }
    }

    private func follow(
        _ request: HTTPRequest, _ exchange: Exchange, _ reading: Transfer.Reading, _ start: AttemptStart
    ) async throws -> HTTPStream {
        var request = request
        if request.headers["user-agent"] == nil { request.headers.add("User-Agent", configuration.userAgent) }
        let limits = request.limits ?? configuration.limits
        var followed = 0
        while true {
            try configuration.hosts.check(request.url)
            let transfer = Transfer(
                request, reading: reading, limits: limits, hosts: configuration.hosts, redactor: exchange.redactor,
                tracer: exchange.tracer, onSuccess: { start.permit?.received($0) })
            try engine.prepare(transfer)
            let body = HTTPBody(transfer: transfer, engine: engine, client: self)
            let head = try await body.head(starting: start)
            guard
                let next = try Redirect.next(
                    after: head, to: request, followed: followed, maximum: limits.maximumRedirects)
            else { return HTTPStream(head: head, body: body) }
            request = next
            followed += 1
            exchange.tracer?.trace(redirectTo: next.url)
        }
    }
}

extension HTTPClient.Configuration {
    /// Whether proxies of the environment apply to a URL. They do not apply to this machine, or if not every host is
    /// allowed.
    func usesEnvironmentProxy(for url: HTTPURL) -> Bool {
        hosts.allowsProxy && ![.loopback, .unspecified].contains(AddressZone(host: url.host))
    }
}
