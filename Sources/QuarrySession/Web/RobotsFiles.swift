import QuarryHTTP

/// The `robots.txt` files of the hosts of a crawl, each fetched once.
struct RobotsFiles {
    private let client: HTTPClient
    private let limits: HTTPLimits
    private var files: [String: Result<RobotsRules, Unreachable>] = [:]
    private var reported: Set<String> = []
    private(set) var requests = 0

    /// The rules are unknown, so that no page may be fetched (RFC 9309, 2.3.1.4).
    struct Unreachable: Error {
        var message: String
        /// Whether its address is private, and only public ones are allowed.
        var isPrivate = false
    }

    init(client: HTTPClient, limits: HTTPLimits) {
        self.client = client
        self.limits = limits
    }

    /// Whether rules that were fetched before forbid a page.
    func forbids(_ url: HTTPURL) -> Bool {
        guard case .success(let rules)? = files[url.origin] else { return false }
        return !rules.allows(url.pathAndQuery)
    }

    /// Whether a failure of the host was asked for before.
    mutating func isReported(_ url: HTTPURL) -> Bool { !reported.insert(url.origin).inserted }

    /// The rules of the host of a page.
    ///
    /// - Throws: `CancellationError`.
    mutating func rules(for url: HTTPURL) async throws -> Result<RobotsRules, Unreachable> {
        if let known = files[url.origin] { return known }
        let rules = try await fetch(url.origin + "/robots.txt")
        files[url.origin] = rules
        return rules
    }

    private mutating func fetch(_ address: String) async throws -> Result<RobotsRules, Unreachable> {
        func unreachable(_ reason: String) -> Result<RobotsRules, Unreachable> {
            .failure(Unreachable(message: "\(address) cannot be read, so no page of the site is fetched. \(reason)"))
        }
        do {
            var url = try HTTPURL(address)
            for _ in 0...CrawlOptions.maximumRedirects {
                var limits = limits
                limits.maximumBodyBytes = 8 << 20
                requests += 1
                let stream = try await client.stream(HTTPRequest(.get, url, limits: limits))
                switch stream.head.status {
                case 200..<300:
                    let bytes = try await stream.collect(upTo: RobotsRules.maximumBytes)
                    return .success(RobotsRules(bytes, for: CrawlOptions.userAgent))
                case 301, 302, 303, 307, 308:
                    let target = try WebAddress.page(stream.head.headers["location"] ?? "", on: url)
                    guard WebScope.isSameSite(url, target) else {
                        return unreachable("It redirects to \(target), another site.")
                    }
                    url = target
                case 429: return unreachable("The server answered with status 429.")
                // There are no rules.
                case 400..<500: return .success(RobotsRules())
                default: return unreachable("The server answered with status \(stream.head.status).")
                }
            }
            // RFC 9309, 2.3.1.2: it counts as missing.
            return .success(RobotsRules())
        } catch let error as HTTPError where error.code == .refusedHost {
            return .failure(Unreachable(message: error.message, isPrivate: true))
        } catch let error as HTTPError {
            return unreachable(try error.reason(at: HTTPURL(address)))
        }
    }
}

/// Spreads the requests to each host over time.
struct RequestPace {
    let pause: Duration
    private var next: [String: ContinuousClock.Instant] = [:]

    init(pause: Duration) { self.pause = pause }

    /// Waits until a request to the host may start.
    ///
    /// - `crawlDelay`: The pause that the site asks for, in seconds. At most 30 s count.
    /// - Throws: `CancellationError`.
    mutating func wait(for url: HTTPURL, crawlDelay: Double?) async throws {
        let asked = Duration.seconds(min(crawlDelay ?? 0, CrawlOptions.maximumCrawlDelay))
        let start = max(next[url.origin] ?? .now, .now)
        next[url.origin] = start + max(pause, asked)
        if start > .now { try await Task.sleep(until: start, clock: .continuous) }
    }
}
