import Foundation
import Synchronization

/// Sends HTTP requests over one pool of connections: HTTP/2 where the server speaks it, kept alive otherwise.
///
/// Cancelling the task that waits for a response, or dropping an ``HTTPStream``, closes the transfer at once.
package final class HTTPClient: Sendable {
    package struct Configuration: Sendable {
        package enum Proxy: Sendable {
            case none
            /// libcurl's reading of `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`.
            case environment
            /// - Parameter password: `user:password`, if the proxy wants them, percent-encoded as in a URL.
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
        /// Connections to one host; the default is 8. Requests beyond wait, unless HTTP/2 lets them share one. Over
        /// HTTP/1.1 every open stream takes a connection, so this is how many streams a local server is asked for at
        /// once.
        package var maximumConnectionsPerHost = 8
        /// Connections in all; the default is 64. Each is an open file of the process, of which many systems allow
        /// 1,024 unless told otherwise.
        package var maximumConnections = 64
        /// Sent where a request has no `User-Agent`. The default is `quarry`.
        package var userAgent = "quarry"
        /// The default is every host.
        package var hosts = HostPolicy.any
        /// Addresses for names, as `host:port:address`, instead of looking them up. The default is none.
        package var resolve: [String] = []
        /// Told of everything that happens, from several threads and in the midst of the work: it must return soon.
        /// The default is nil, nobody.
        package var trace: (@Sendable (HTTPTraceEvent) -> Void)?
        /// Whether the trace shows the starts of bodies as well. The default is false: they hold people's texts.
        package var tracesBodies = false
        /// Told of each wait of ``RateLimiter/noticeableWait`` or more before another attempt, at its beginning. The default
        /// is nil, nobody.
        package var onWait: (@Sendable (_ delay: Duration, _ reason: String) -> Void)?
        /// What waits between attempts are measured by. The default is the system's.
        package var clock = WaitingClock.system

        package init() {}
    }

    package let configuration: Configuration
    private let engine: TransferEngine
    private let exchangeCount = Atomic(0)

    /// - Throws: ``HTTPError`` where libcurl cannot be initialised, and with code `refusedHost` where a proxy is set
    ///   and only this machine is allowed: even a proxy on this machine would carry requests away. Proxies of the
    ///   environment are ignored then.
    package init(_ configuration: Configuration = .init()) throws {
        if configuration.hosts.isLoopbackOnly, case .url(let proxy, _) = configuration.proxy {
            throw HTTPError(
                .refusedHost, "The proxy \(proxy) could carry requests to other hosts, which are forbidden. Unset it.")
        }
        self.configuration = configuration
        self.engine = try TransferEngine(configuration)
    }

    deinit { engine.stop() }

    /// The whole response, whatever its status.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let stream = try await stream(request, exchange(for: request), reading: .whole, Departure(nil))
        return HTTPResponse(head: stream.head, body: try await stream.collect())
    }

    /// A response whose head is there and whose body is still coming.
    package func stream(_ request: HTTPRequest) async throws -> HTTPStream {
        try await stream(request, exchange(for: request), reading: .pieces, Departure(nil))
    }

    /// What the attempts at one request have in common.
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
        _ request: HTTPRequest, _ exchange: Exchange, reading: Transfer.Reading, _ departure: Departure
    ) async throws -> HTTPStream {
        do {
            return try await follow(request, exchange, reading, departure)
        } catch {
            throw exchange.redactor.redact(error)
        }
    }

    private func follow(
        _ request: HTTPRequest, _ exchange: Exchange, _ reading: Transfer.Reading, _ departure: Departure
    ) async throws -> HTTPStream {
        var request = request
        if request.headers["user-agent"] == nil { request.headers.add("User-Agent", configuration.userAgent) }
        let limits = request.limits ?? configuration.limits
        var rule = configuration.hosts.isLoopbackOnly ? AddressRule.loopbackOnly(configuration.hosts) : .any
        var followed = 0
        while true {
            try configuration.hosts.check(request.url)
            let transfer = Transfer(
                request, reading: reading, limits: limits, rule: rule, redactor: exchange.redactor,
                tracer: exchange.tracer, onArrival: { departure.pass?.arrived(with: $0) })
            try engine.prepare(transfer)
            let body = HTTPBody(transfer: transfer, engine: engine, client: self)
            let arrival = try await body.head(by: departure)
            let origin = zone(of: arrival, request.url)
            guard
                let next = try Redirect.next(
                    after: arrival.head, to: request, in: origin, followed: followed, maximum: limits.maximumRedirects)
            else { return HTTPStream(head: arrival.head, body: body) }
            if !configuration.hosts.isLoopbackOnly, !configuration.usesProxy { rule = .redirect(from: origin) }
            request = next
            followed += 1
            exchange.tracer?.trace(redirectTo: next.url)
        }
    }

    /// Where the server lies. Behind a proxy only the name can tell, and a name is taken for a public one.
    private func zone(of arrival: Transfer.Arrival, _ url: HTTPURL) -> AddressZone {
        configuration.usesProxy ? AddressZone(host: url.host) ?? .publicNetwork : arrival.zone
    }
}

extension HTTPClient.Configuration {
    /// Whether requests may go through a proxy, which looks names up itself.
    var usesProxy: Bool {
        switch proxy {
        case .none: false
        case .url: true
        case .environment:
            !hosts.isLoopbackOnly
                && ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].contains { name in
                    ProcessInfo.processInfo.environment[name].map { !$0.isEmpty } ?? false
                }
        }
    }
}
