import QuarryHTTP
import Synchronization
import Testing

@Suite struct RateLimitHeaderTests {
    @Test(
        arguments: [
            ("6m0s", 360), ("1s", 1), ("12ms", 0.012), ("1h2m3.5s", 3723.5), ("90s", 90), ("0s", 0), ("1.5h", 5400),
            ("7m12s", 432), ("500us", 0.0005), ("17", 17), ("1795323630", 30), ("2026-11-22T05:01:00Z", 60),
            ("2026-11-22T05:01:00.5Z", 60.5), ("2026-11-22T07:00:30+02:00", 30), ("2026-11-21T21:00:10-08:00", 10),
            ("2020-01-01T00:00:00Z", 0),
        ] as [(String, Double)])
    func `a reset is parsed in every notation`(text: String, seconds: Double) throws {
        let duration = try #require(RateLimitReading.duration(text, at: VirtualTime.start))
        #expect(abs(duration / .seconds(1) - seconds) < 1e-5)
    }

    @Test(arguments: [
        "", "s", "6", "6m0", "6x", "-1s", "1s-", "..s", "2026-13-01T00:00:00Z", "2026-11-22", "2026-11-22T05:01:00",
        "2026-11-22T05:01:00Zx", "soon", "1795323630s9",
    ])
    func `a text that is not a time is ignored`(text: String) {
        #expect(RateLimitReading.goDuration(text) == nil || text == "1795323630s9")
        #expect(RateLimitReading.rfc3339(text) == nil)
    }

    @Test func `dates agree with a known table`() {
        // date -u -d … +%s
        let known: [(String, Double)] = [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:34:56Z", 951_827_696), ("2024-12-31T23:59:59Z", 1_735_689_599),
            ("1969-12-31T23:59:59Z", -1), ("2100-03-01T00:00:00Z", 4_107_542_400),
        ]
        for (text, seconds) in known { #expect(RateLimitReading.rfc3339(text) == seconds) }
    }

    @Test func `each provider's fields are parsed`() {
        func readings(_ headers: HTTPHeaders) -> [RateLimitReading] {
            RateLimitReading.readings(in: headers, at: VirtualTime.start)
        }
        #expect(
            readings([
                "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "1s", "x-ratelimit-limit-tokens": "150000",
                "x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-tokens": "6m0s",
            ]) == [
                .init(kind: .requests, limit: 60, remaining: 59, reset: .seconds(1)),
                .init(kind: .tokens, limit: 150_000, remaining: 149_984, reset: .seconds(360)),
            ])
        #expect(
            readings([
                "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2026-11-22T05:00:02Z",
                "anthropic-ratelimit-input-tokens-limit": "40000",
                "anthropic-ratelimit-input-tokens-remaining": "39000",
                "anthropic-ratelimit-output-tokens-remaining": "8000",
            ]) == [
                .init(kind: .requests, limit: 50, remaining: 49, reset: .seconds(2)),
                .init(kind: .inputTokens, limit: 40_000, remaining: 39_000),
                .init(kind: .outputTokens, remaining: 8000),
            ])
        #expect(readings(["X-RateLimit-Remaining": "3"]) == [.init(kind: .requests, remaining: 3)])
        #expect(readings(["x-ratelimit-remaining-requests": "-1", "x-ratelimit-limit-tokens": "many"]).isEmpty)
    }
}

@Suite(.timeLimit(.minutes(30))) struct RateLimiterTests {
    private func head(_ status: Int, _ headers: HTTPHeaders = [:]) throws -> HTTPResponseHead {
        HTTPResponseHead(status: status, headers: headers, url: try HTTPURL("http://127.0.0.1/"))
    }

    @Test func `requests keep their rate after the first burst`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(.init(requestsPerMinute: 60), clock: time.clock)
        var times: [Duration] = []
        for _ in 0..<180 {
            try await limiter.wait()
            times.append(time.now)
        }
        #expect(times[59] == .zero)
        #expect(abs(times[179] / .seconds(1) - 120) < 0.01)
        // In any minute at most the full bucket and its refill are used: twice the limit.
        for start in times.indices {
            let within = times[start...].prefix { $0 < times[start] + .seconds(60) }
            #expect(within.count <= 121)
        }
    }

    @Test func `tokens keep their rate, and a request beyond the limit waits for a full bucket`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(.init(tokensPerMinute: 6000), clock: time.clock)
        try await limiter.wait(for: .init(inputTokens: 4000, outputTokens: 2000))
        #expect(time.now == .zero)
        try await limiter.wait(for: .init(inputTokens: 100))
        #expect(abs(time.now / .seconds(1) - 1) < 0.01)
        try await limiter.wait(for: .init(inputTokens: 12_000))
        #expect(abs(time.now / .seconds(1) - 61) < 0.05)
        try await limiter.wait(for: .init(inputTokens: 1))
        #expect(abs(time.now / .seconds(1) - 121) < 0.05)
        limiter.settle(.init(inputTokens: 100), actual: .init(inputTokens: 700))
        try await limiter.wait(for: .init(inputTokens: 1))
        #expect(abs(time.now / .seconds(1) - 127) < 0.05)
    }

    @Test func `without known limits there is no wait`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        for _ in 0..<1000 { try await limiter.wait(for: .init(inputTokens: 1_000_000)) }
        #expect(time.now == .zero)
        #expect(limiter.perMinute(.requests) == nil)
    }

    @Test func `limits are learned from responses`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        try await limiter.wait()
        limiter.learn(
            from: try head(
                200,
                [
                    "x-ratelimit-limit-requests": "200", "x-ratelimit-remaining-requests": "1",
                    "x-ratelimit-reset-requests": "23h52m48s",
                ]))
        // 199 requests come back in 85,968 s: one every 432 s.
        try await limiter.wait()
        #expect(time.now == .zero)
        try await limiter.wait()
        #expect(abs(time.now / .seconds(1) - 432) < 0.1)
        limiter.learn(from: try head(200, ["x-ratelimit-limit-requests": "6000"]))
        #expect(limiter.perMinute(.requests) == 6000)
        // A zero without a reset would block all requests forever.
        limiter.learn(from: try head(200, ["x-ratelimit-remaining-tokens": "0", "x-ratelimit-limit-tokens": "100"]))
        try await limiter.wait(for: .init(inputTokens: 50))
        #expect(time.now < .seconds(434))
    }

    @Test func `the remaining amount lowers a known limit and does not set an unknown one`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        for remaining in ["3000", "200", "1"] {
            limiter.learn(
                from: try head(
                    200, ["x-ratelimit-remaining-tokens": remaining, "x-ratelimit-remaining-requests": remaining]))
            for _ in 0..<10 { try await limiter.wait(for: .init(inputTokens: 5000)) }
        }
        #expect(time.now == .zero)
        #expect(limiter.perMinute(.tokens) == nil && limiter.perMinute(.requests) == nil)
        let bounded = RateLimiter(.init(tokensPerMinute: 6000), clock: time.clock)
        bounded.learn(from: try head(200, ["x-ratelimit-remaining-tokens": "100", "x-ratelimit-reset-tokens": "1s"]))
        try await bounded.wait(for: .init(inputTokens: 200))
        #expect(abs(time.now / .seconds(1) - 1) < 0.01)
        #expect(bounded.perMinute(.tokens) == 6000)
    }

    @Test func `a delay of zero is ignored, and the body takes precedence over the header`() throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        limiter.learn(from: try head(429, ["Retry-After": "0"]))
        #expect(limiter.pause == .seconds(1))
        limiter.learn(from: try head(429, ["Retry-After": "7"]), retryAfter: .seconds(34))
        #expect(limiter.pause == .seconds(34))
        limiter.learn(from: try head(503, ["retry-after-ms": "0"]))
        #expect(limiter.pause == .seconds(34))
    }

    @Test func `if nothing remains of an unknown limit, its reset is awaited`() throws {
        let limiter = RateLimiter()
        limiter.learn(
            from: try head(200, ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "5h"]))
        #expect(!limiter.tryAcquire())
        let free = RateLimiter()
        free.learn(from: try head(200, ["x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "5h"]))
        #expect(free.tryAcquire())
    }

    @Test func `a rounded or skewed reset does not slow down the rate`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        limiter.learn(
            from: try head(
                200,
                [
                    "x-ratelimit-limit-tokens": "150000", "x-ratelimit-remaining-tokens": "149984",
                    "x-ratelimit-reset-tokens": "6m0s",
                ]))
        #expect(limiter.perMinute(.tokens) == 150_000)
        // The server's clock is an hour ahead. Half of the limit is available after half a minute.
        limiter.learn(
            from: try head(
                200,
                [
                    "Date": "Sun, 22 Nov 2026 06:00:00 GMT", "anthropic-ratelimit-tokens-limit": "80000",
                    "anthropic-ratelimit-tokens-remaining": "40000",
                    "anthropic-ratelimit-tokens-reset": "2026-11-22T06:00:30Z",
                ]))
        #expect(limiter.perMinute(.tokens) == 80_000)
        limiter.learn(
            from: try head(
                200,
                ["x-ratelimit-limit": "10", "x-ratelimit-remaining": "5", "x-ratelimit-reset": "0.5"]))
        #expect(limiter.perMinute(.requests) == 600)
    }

    @Test func `a status 429 halves the rate, pauses all requests, and is recovered from step by step`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(.init(requestsPerMinute: 600), clock: time.clock)
        try await limiter.wait()
        for _ in 0..<20 { limiter.learn(from: try head(429, ["Retry-After": "7"])) }
        #expect(limiter.perMinute(.requests) == 300)
        #expect(limiter.pause == .seconds(7))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { try await limiter.wait() } }
            try await group.waitForAll()
        }
        #expect(time.now >= .seconds(7))
        #expect(time.now < .milliseconds(7100))
        for _ in 0..<4 { limiter.learn(from: try head(200)) }
        #expect(abs((limiter.perMinute(.requests) ?? 0) - 420) < 1e-6)
        for _ in 0..<100 { limiter.learn(from: try head(200)) }
        #expect(limiter.perMinute(.requests) == 600)
    }

    @Test func `without a requested delay the pauses grow`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            limiter.learn(from: try head(429))
            #expect(limiter.pause == .seconds(seconds))
            time.advance(by: limiter.pause)
        }
        #expect(limiter.perMinute(.requests) != nil)
    }

    @Test func `a few rejected requests do not determine the rate of a minute`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        for _ in 0..<4 {
            try await limiter.wait()
            limiter.learn(from: try head(429, ["retry-after-ms": "1"]))
        }
        #expect(time.now < .seconds(1))
    }

    @Test func `a pause that is too long is an error`() async throws {
        let time = VirtualTime()
        let limiter = RateLimiter(clock: time.clock)
        limiter.learn(from: try head(429, ["Retry-After": "86400"]))
        let error = await #expect(throws: HTTPError.self) { try await limiter.wait() }
        #expect(error?.code == .rateLimited)
        #expect(error?.message.contains("86400.000 s") == true, "\(error?.message ?? "")")
        #expect(time.now == .zero)
    }

    @Test func `a limit that resets in hours is an error with the limit and the time`() async throws {
        let time = VirtualTime()
        let reported = Mutex<[String]>([])
        let limiter = RateLimiter(of: "acme/m", clock: time.clock) { delay, reason in
            reported.withLock { $0.append("\(delay.components.seconds) \(reason)") }
        }
        limiter.learn(
            from: try head(
                200,
                [
                    "x-ratelimit-limit-requests": "10", "x-ratelimit-remaining-requests": "0",
                    "x-ratelimit-reset-requests": "8h",
                ]))
        let error = await #expect(throws: HTTPError.self) { try await limiter.wait() }
        #expect(error?.code == .rateLimited)
        #expect(
            error?.message
                == "acme/m accepts no such request for another 2880.000 s, until 2026-11-22 05:48:00 UTC: its limit of "
                + "10 requests is used up. The longest wait allowed is 900.000 s.")
        #expect(time.now == .zero && reported.withLock { $0.isEmpty })
        // Meanwhile a part of the limit is available again.
        time.advance(by: .seconds(2000))
        try await limiter.wait()
        #expect(reported.withLock { $0 } == ["880 its limit of 10 requests is used up"])
    }

    @Test func `a limit that resets after days gives the date`() async throws {
        let limiter = RateLimiter(clock: VirtualTime().clock)
        limiter.learn(
            from: try head(
                200,
                [
                    "x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0",
                    "x-ratelimit-reset-requests": "72h",
                ]))
        let error = await #expect(throws: HTTPError.self) { try await limiter.wait() }
        #expect(error?.message.contains("until 2026-11-25 05:00:00 UTC") == true, "\(error?.message ?? "")")
    }

    @Test func `waits up to the maximum are made, and longer ones are reported once`() async throws {
        let time = VirtualTime()
        let reported = Mutex<[Duration]>([])
        let limiter = RateLimiter(maximumWait: .seconds(60), clock: time.clock) { delay, _ in
            reported.withLock { $0.append(delay) }
        }
        for (delay, isReported) in [("4", false), ("60", true)] {
            limiter.learn(from: try head(429, ["Retry-After": delay]))
            try await limiter.wait()
            #expect(reported.withLock { !$0.isEmpty } == isReported)
        }
        #expect(time.now == .seconds(64) && reported.withLock { $0 } == [.seconds(60)])
        limiter.learn(from: try head(429, ["Retry-After": "61"]))
        await #expect(throws: HTTPError.self) { try await limiter.wait() }
        #expect(time.now == .seconds(64))
    }

    @Test func `a cancelled waiter lets the next one proceed`() async throws {
        let limiter = RateLimiter(.init(requestsPerMinute: 1200))
        for _ in 0..<1200 { try await limiter.wait() }
        let tasks = (0..<10).map { _ in Task { try await limiter.wait() } }
        for task in tasks.dropLast() { task.cancel() }
        for task in tasks.dropLast() { _ = await task.result }
        try await tasks[9].value
    }
}

@Suite struct CircuitBreakerTests {
    private func head(_ status: Int) throws -> HTTPResponseHead {
        HTTPResponseHead(status: status, headers: [:], url: try HTTPURL("http://127.0.0.1/"))
    }

    @Test func `it opens after consecutive failures and says when the next attempt is allowed`() throws {
        let time = VirtualTime()
        let breaker = CircuitBreaker(threshold: 3, pause: .seconds(10), clock: time.clock)
        for status in [500, 503, 200, 502, 500] { try breaker.attempt().ended(with: try head(status)) }
        #expect(!breaker.isOpen)
        try breaker.attempt().ended(with: HTTPError(.cannotConnect, "no route"))
        #expect(breaker.isOpen)
        time.advance(by: .seconds(4))
        let error = #expect(throws: HTTPError.self) { try breaker.attempt() }
        #expect(error?.code == .circuitOpen)
        #expect(
            error?.message
                == "The server failed 3 times in a row, most recently with: no route. "
                + "The next attempt is allowed in 6.000 s.")
    }

    @Test func `one probe decides for all requests`() throws {
        let time = VirtualTime()
        let breaker = CircuitBreaker(
            threshold: 1, pause: .seconds(10), maximumPause: .seconds(15), clock: time.clock)
        try breaker.attempt().ended(with: try head(500))
        time.advance(by: .seconds(10))
        let probe = try breaker.attempt()
        #expect(throws: HTTPError.self) { try breaker.attempt() }
        probe.ended(with: try head(500))
        // The pause doubles up to its maximum.
        time.advance(by: .seconds(14))
        #expect(throws: HTTPError.self) { try breaker.attempt() }
        time.advance(by: .seconds(1))
        try breaker.attempt().ended(with: try head(200))
        #expect(!breaker.isOpen)
        try breaker.attempt().ended(with: try head(500))
        time.advance(by: .seconds(10))
        _ = try breaker.attempt()
    }

    @Test func `a cancelled probe allows another one`() throws {
        let time = VirtualTime()
        let breaker = CircuitBreaker(threshold: 1, pause: .seconds(10), clock: time.clock)
        try breaker.attempt().ended(with: try head(500))
        time.advance(by: .seconds(10))
        try breaker.attempt().ended(with: CancellationError())
        do { _ = try breaker.attempt() }
        try breaker.attempt().ended(with: try head(200))
        #expect(!breaker.isOpen)
    }

    @Test func `errors that are not the server's do not count`() throws {
        let breaker = CircuitBreaker(threshold: 1)
        for status in [200, 400, 404, 413, 429, 501] { try breaker.attempt().ended(with: try head(status)) }
        for code in [HTTPError.Code.invalidURL, .refusedHost, .responseTooLarge, .tooManyRedirects] {
            try breaker.attempt().ended(with: HTTPError(code, ""))
        }
        #expect(!breaker.isOpen)
    }

    @Test func `responses to requests from before the opening change nothing`() throws {
        let time = VirtualTime()
        let breaker = CircuitBreaker(threshold: 1, pause: .seconds(10), clock: time.clock)
        let (old, failing) = (try breaker.attempt(), try breaker.attempt())
        failing.ended(with: try head(500))
        old.ended(with: try head(200))
        #expect(breaker.isOpen)
    }
}
