import QuarryHTTP
import Testing

@Suite struct RetryPolicyTests {
    private func decision(
        _ status: Int, _ headers: HTTPHeaders = [:], attempt: Int = 1, jitter: Double = 0, policy: RetryPolicy = .init()
    ) throws -> RetryPolicy.Decision {
        let head = HTTPResponseHead(status: status, headers: headers, url: try HTTPURL("http://127.0.0.1/"))
        return policy.decision(
            after: .response(HTTPResponse(head: head, body: Array("busy".utf8))), attempt: attempt,
            now: 1_445_412_480, jitter: jitter)
    }

    @Test(arguments: [408, 409, 425, 429, 500, 502, 503, 504, 529])
    func `temporary statuses are retried`(status: Int) throws {
        #expect(try decision(status) == .retry(after: .milliseconds(500)))
    }

    @Test(arguments: [200, 204, 301, 400, 401, 402, 403, 404, 413, 422, 424, 501])
    func `other statuses are final`(status: Int) throws {
        #expect(try decision(status) == .giveUp)
    }

    @Test func `the delay doubles up to its cap, and jitter only shortens it`() throws {
        var policy = RetryPolicy()
        policy.maximumAttempts = 100
        let delays = try (1...6).map { try decision(503, attempt: $0, policy: policy) }
        #expect(delays == [0.5, 1, 2, 4, 8, 8].map { .retry(after: .seconds($0)) })
        #expect(try decision(503, attempt: 99, policy: policy) == .retry(after: .seconds(8)))
        #expect(try decision(503, attempt: 100, policy: policy) == .giveUp)
        #expect(try decision(503, jitter: 0.25) == .retry(after: .milliseconds(375)))
        #expect(try decision(503, jitter: 1) == .retry(after: .zero))
        policy.jitterShare = 0.5
        #expect(try decision(503, jitter: 1, policy: policy) == .retry(after: .milliseconds(250)))
    }

    @Test func `the server's delay takes precedence over the back-off`() throws {
        #expect(try decision(429, ["Retry-After": "7"]) == .retry(after: .seconds(7)))
        #expect(try decision(429, ["retry-after-ms": "250", "Retry-After": "7"]) == .retry(after: .milliseconds(250)))
        #expect(try decision(429, ["Retry-After": "soon"]) == .retry(after: .milliseconds(500)))
        #expect(try decision(429, ["Retry-After": "-3"]) == .retry(after: .milliseconds(500)))
    }

    @Test(arguments: [
        "Wed, 21 Oct 2015 07:28:30 GMT", "Wednesday, 21-Oct-15 07:28:30 GMT", "Wed Oct 21 07:28:30 2015",
    ])
    func `a date is parsed in each of the three forms of RFC 9110`(date: String) throws {
        #expect(try decision(503, ["Retry-After": date]) == .retry(after: .seconds(30)))
    }

    @Test(
        arguments: [
            ["Retry-After": "0"], ["retry-after-ms": "0"], ["retry-after-ms": "0", "Retry-After": "0"],
            ["Retry-After": "Wed, 21 Oct 2015 07:00:00 GMT"], ["Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"],
        ] as [HTTPHeaders])
    func `a delay of zero and a past date are ignored`(headers: HTTPHeaders) throws {
        #expect(try decision(503, headers) == .retry(after: .milliseconds(500)))
        #expect(try decision(429, headers, attempt: 2) == .retry(after: .seconds(1)))
        #expect(RetryPolicy.serverDelay(in: headers, now: 1_445_412_480) == nil)
        let both = try decision(429, ["retry-after-ms": "0", "Retry-After": "7"])
        #expect(both == .retry(after: .seconds(7)))
    }

    @Test func `a date is relative to the server's clock`() throws {
        let dates: HTTPHeaders = [
            "Date": "Wed, 21 Oct 2015 09:00:00 GMT", "Retry-After": "Wed, 21 Oct 2015 09:00:05 GMT",
        ]
        #expect(try decision(503, dates) == .retry(after: .seconds(5)))
    }

    @Test func `there is no retry if the server asks for too long a delay`() throws {
        #expect(try decision(429, ["Retry-After": "121"]) == .giveUp)
        #expect(try decision(429, ["Retry-After": "1e300"]) == .giveUp)
    }

    @Test func `x-should-retry overrides the status`() throws {
        #expect(try decision(503, ["x-should-retry": "false"]) == .giveUp)
        #expect(try decision(400, ["x-should-retry": "true"]) == .retry(after: .milliseconds(500)))
    }

    @Test func `the body's hint takes precedence`() throws {
        var policy = RetryPolicy()
        policy.hint = { $0.body == Array("busy".utf8) ? .never : .none }
        #expect(try decision(429, ["x-should-retry": "true"], policy: policy) == .giveUp)
        policy.hint = { _ in .after(.seconds(3)) }
        #expect(try decision(429, ["Retry-After": "7"], policy: policy) == .retry(after: .seconds(3)))
    }

    @Test func `a lost connection is retried, a bad URL is not`() {
        let policy = RetryPolicy()
        func decide(_ code: HTTPError.Code) -> RetryPolicy.Decision {
            policy.decision(after: .failure(HTTPError(code, "")), attempt: 1, now: 0, jitter: 0)
        }
        for code in [HTTPError.Code.cannotConnect, .cannotResolve, .connectionLost, .timedOut] {
            #expect(decide(code) == .retry(after: .milliseconds(500)))
        }
        for code in [HTTPError.Code.invalidURL, .insecureConnection, .responseTooLarge, .tooManyRedirects] {
            #expect(decide(code) == .giveUp)
        }
    }

    @Test func `a body that is too large is never retried`() throws {
        var policy = RetryPolicy()
        policy.statuses.insert(413)
        #expect(try decision(413, ["x-should-retry": "true", "Retry-After": "1"], policy: policy) == .giveUp)
    }

    @Test func `the sum of all delays has a cap`() throws {
        var policy = RetryPolicy()
        policy.maximumTotalDelay = .seconds(10)
        func decide(_ seconds: Int, waited: Duration) throws -> RetryPolicy.Decision {
            let head = HTTPResponseHead(
                status: 429, headers: ["Retry-After": "\(seconds)"], url: try HTTPURL("http://127.0.0.1/"))
            return policy.decision(
                after: .response(HTTPResponse(head: head, body: [])), attempt: 1, now: 0, jitter: 0, waited: waited)
        }
        #expect(try decide(4, waited: .seconds(6)) == .retry(after: .seconds(4)))
        #expect(try decide(4, waited: .seconds(7)) == .giveUp)
    }

    @Test func `a server that names its delay is retried as long as the total allows`() throws {
        func decide(
            _ status: Int, _ headers: HTTPHeaders, attempts: Int = 3, waited: Duration = .zero
        ) throws -> RetryPolicy.Decision {
            let head = HTTPResponseHead(status: status, headers: headers, url: try HTTPURL("http://127.0.0.1/"))
            return RetryPolicy.providers(maximumAttempts: attempts).decision(
                after: .response(HTTPResponse(head: head, body: [])), attempt: 9, now: 0, jitter: 0, waited: waited)
        }
        #expect(try decide(429, ["Retry-After": "2"]) == .retry(after: .seconds(2)))
        #expect(try decide(429, ["Retry-After": "2"], waited: .seconds(299)) == .giveUp)
        #expect(try decide(429, ["Retry-After": "2"], attempts: 1) == .giveUp)
        #expect(try decide(429, ["retry-after-ms": "20"]) == .giveUp)
        #expect(try decide(429, [:]) == .giveUp)
        #expect(try decide(503, ["Retry-After": "2"]) == .giveUp)
    }

    @Test func `a provider gets the delay that its limits allow, and not a longer one`() throws {
        func decide(
            _ seconds: Int, waited: Duration = .zero, most: Duration = .seconds(900)
        ) throws -> RetryPolicy.Decision {
            let head = HTTPResponseHead(
                status: 429, headers: ["Retry-After": "\(seconds)"], url: try HTTPURL("http://127.0.0.1/"))
            return RetryPolicy.providers(maximumAttempts: 3, maximumWait: most).decision(
                after: .response(HTTPResponse(head: head, body: [])), attempt: 1, now: 0, jitter: 0, waited: waited)
        }
        #expect(try decide(900) == .retry(after: .seconds(900)))
        #expect(try decide(901) == .giveUp)
        #expect(try decide(600, waited: .seconds(301)) == .giveUp)
        #expect(try decide(11, most: .seconds(10)) == .giveUp)
    }

    @Test func `providers' bodies are checked for a delay and for final errors`() throws {
        let policy = RetryPolicy.providers(maximumAttempts: 3)
        func decide(_ status: Int, _ body: String) throws -> RetryPolicy.Decision {
            let head = HTTPResponseHead(status: status, headers: [:], url: try HTTPURL("http://127.0.0.1/"))
            let response = HTTPResponse(head: head, body: Array(body.utf8))
            return policy.decision(after: .response(response), attempt: 1, now: 0, jitter: 0)
        }
        let info = #"{"error":{"message":"m","details":[{"retryDelay":"34s"}]}}"#
        #expect(try decide(429, info) == .retry(after: .seconds(34)))
        #expect(try decide(400, info) == .giveUp)
        let nothing = #"{"error":{"message":"m","details":[{"retryDelay":"0s"}]}}"#
        #expect(try decide(429, nothing) == .retry(after: .milliseconds(500)))
        #expect(try decide(429, #"{"error":{"message":"m","type":"insufficient_quota"}}"#) == .giveUp)
        #expect(try decide(429, #"{"error":{"code":"insufficient_quota"}}"#) == .giveUp)
        #expect(try decide(429, #"{"error":{"message":"m","code":"insufficient_quota"}}"#) == .giveUp)
        #expect(try decide(500, #"{"error":{"message":"input is too large"}}"#) == .giveUp)
    }
}
