import Foundation
import QuarryHTTP
import QuarryTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct HostileServerTests {
    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    private func request(_ server: FakeHTTPServer, _ path: String = "/", _ limits: HTTPLimits? = nil) throws
        -> HTTPRequest
    {
        HTTPRequest(.get, try HTTPURL(server.url + path), limits: limits)
    }

    private func failure(
        _ server: FakeHTTPServer, _ limits: HTTPLimits? = nil, path: String = "/"
    ) async throws -> HTTPError? {
        let request = try request(server, path, limits)
        let client = try HTTPClient()
        return await #expect(throws: HTTPError.self) { try await client.send(request) }
    }

    @Test func `a slow steady body is accepted, one that stops is not`() async throws {
        let server = try FakeHTTPServer { request in
            let drip = (0..<20).flatMap {
                [.bytes([UInt8($0)]), .pause(.milliseconds(300))] as [FakeHTTPServer.Response.Step]
            }
            return .init(steps: request.path == "/steady" ? drip : Array(drip.prefix(5)) + [.pause(.seconds(600))])
        }
        // The response takes 6 s. The idle timeout is shorter, but applies between bytes.
        let tolerant = limits { $0.idleTimeout = .seconds(5) }
        let steady = try await HTTPClient().send(try request(server, "/steady", tolerant))
        #expect(steady.body == (0..<20).map { UInt8($0) })
        #expect(try await failure(server, tolerant, path: "/stops")?.code == .timedOut)
        let total = limits { $0.totalTimeout = .milliseconds(300) }
        #expect(try await failure(server, total, path: "/steady")?.code == .timedOut)
    }

    @Test func `a slow head ends at its timeout`() async throws {
        let server = try FakeHTTPServer { _ in
            .raw(
                Array("HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".utf8).flatMap { byte in
                    [.bytes([byte]), .pause(.seconds(5))] as [FakeHTTPServer.Response.Step]
                })
        }
        let start = ContinuousClock.now
        let error = try await failure(server, limits { $0.firstByteTimeout = .milliseconds(300) })
        #expect(error?.code == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(120))
    }

    @Test func `a temporary series of rejections is survived`() async throws {
        let busy = FakeHTTPServer.Response.text("slow down", status: 429, headers: [("Retry-After", "2")])
        let server = try FakeHTTPServer(replies: Array(repeating: busy, count: 6) + [.text("at last")])
        let time = VirtualTime(random: 1)
        var configuration = HTTPClient.Configuration()
        configuration.clock = time.clock
        let response = try await HTTPClient(configuration).send(
            try request(server), retrying: .providers(maximumAttempts: 10))
        #expect(response.body == Array("at last".utf8))
        #expect(server.requests.count == 7)
        #expect(time.now == .seconds(12))
    }

    @Test func `an endless series of rejections ends at the cap with an error`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"Rate limit reached."}}"#, status: 429, headers: [("Retry-After", "7")])
        }
        let time = VirtualTime()
        var configuration = HTTPClient.Configuration()
        configuration.clock = time.clock
        var policy = RetryPolicy.providers(maximumAttempts: 1000)
        policy.maximumTotalDelay = .seconds(60)
        let response = try await HTTPClient(configuration).send(try request(server), retrying: policy)
        #expect(response.status == 429)
        #expect(ProviderFailure(response).message == "Rate limit reached.")
        #expect(server.requests.count == 9)
        #expect(time.now == .seconds(56))
    }

    @Test func `many rate-limited clients back off together and all succeed`() async throws {
        let gate = PassCounter(refusals: 30)
        let server = try FakeHTTPServer { _ in
            gate.next() ? .text("yes") : .text("no", status: 429, headers: [("Retry-After", "1")])
        }
        let time = VirtualTime()
        var configuration = HTTPClient.Configuration()
        configuration.clock = time.clock
        let client = try HTTPClient(configuration)
        let limiter = RateLimiter(.init(requestsPerMinute: 600), clock: time.clock)
        let request = try request(server)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    for _ in 0..<40 {
                        try await limiter.wait()
                        let response = try await client.send(request)
                        limiter.learn(from: response.head)
                        if response.head.isSuccess { return true }
                    }
                    return false
                }
            }
            for try await isThrough in group { #expect(isThrough) }
        }
        #expect(server.requests.count == 50)
    }

    /// Rejects a number of requests, then accepts.
    private final class PassCounter: Sendable {
        private let refusals: Int
        private let count = Counter()
        init(refusals: Int) { self.refusals = refusals }
        func next() -> Bool { count.next() >= refusals }
    }

    @Test func `a server that always fails ends with its own message`() async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"error":"out of memory"}"#, status: 500) }
        let time = VirtualTime()
        var configuration = HTTPClient.Configuration()
        configuration.clock = time.clock
        let response = try await HTTPClient(configuration).send(
            try request(server), retrying: .providers(maximumAttempts: 4))
        #expect(ProviderFailure(response).message == "out of memory")
        #expect(server.requests.count == 4)
        #expect(time.now == .milliseconds(3500))
    }

    @Test func `a length that is too large is an error, one that is too small ends the body and the connection`()
        async throws
    {
        let server = try FakeHTTPServer { request in
            .raw(
                "HTTP/1.1 200 OK\r\nContent-Length: \(request.path == "/long" ? 50 : 3)\r\n\r\nabcdefHTTP/1.1 500 No\r\n\r\n"
            )
        }
        #expect(try await failure(server, path: "/long")?.code == .connectionLost)
        let client = try HTTPClient()
        for number in 1...2 {
            let response = try await client.send(try request(server, "/short"))
            #expect(response.body == Array("abc".utf8) && response.status == 200)
            // The rest must not be parsed as the next response.
            #expect(server.connectionCount == number + 1)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 7\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFF\r\n", "\u{0}\u{1}\u{2}",
        "hello\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "",
        "HTTP/1.1 200 OK\r\nBroken", "HTTP/1.1 99 No\r\n\r\n",
    ])
    func `a malformed reply is an error`(reply: String) async throws {
        let server = try FakeHTTPServer { _ in .raw(reply) }
        let error = try await failure(server, limits { $0.firstByteTimeout = .seconds(60) })
        #expect(
            [.connectionLost, .malformedResponse, .responseTooLarge, .internalFailure].contains(error?.code),
            "\(error?.code.description ?? ""): \(error?.message ?? "")")
        #expect(error?.code != .internalFailure, "\(error?.message ?? "")")
    }

    @Test func `an endless body and an endless head are rejected`() async throws {
        let server = try FakeHTTPServer { request in
            switch request.path {
            case "/body": .init(steps: [.endless([UInt8](repeating: 65, count: 60_000))])
            case "/fields":
                .raw([.bytes(Array("HTTP/1.1 200 OK\r\n".utf8)), .endless(Array("X-More: yes\r\n".utf8))])
            case "/field":
                .raw([.bytes(Array("HTTP/1.1 200 OK\r\nX: ".utf8)), .endless([UInt8](repeating: 65, count: 5000))])
            default: .raw([.endless(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))])
            }
        }
        let strict = limits {
            $0.maximumBodyBytes = 1 << 20
            $0.firstByteTimeout = .seconds(60)
        }
        for path in ["/body", "/fields", "/field", "/continue"] {
            let error = try await failure(server, strict, path: path)
            #expect(error?.code == .responseTooLarge, "\(path): \(error?.message ?? "")")
        }
    }

    @Test(.enabled("needs a python3") { await PythonScript.canImport("gzip") })
    func `a compression bomb is limited by its decompressed size`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quarry-bomb-\(UUID().uuidString).py")
        try Data(
            "import gzip,sys;sys.stdout.write(gzip.compress(bytes(1<<25)).hex())"
                .utf8
        ).write(to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let digits = Array(try await PythonScript(path: folder.path).run([], input: []).output.utf8)
        let bomb = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        #expect(bomb.count < 50_000)
        let server = try FakeHTTPServer { _ in
            .init(headers: [("Content-Encoding", "gzip")], steps: [.bytes(bomb)])
        }
        let error = try await failure(server, limits { $0.maximumBodyBytes = 1 << 20 })
        #expect(error?.code == .responseTooLarge)
        let whole = try await HTTPClient().send(try request(server))
        #expect(whole.body.count == 1 << 25)
        // Nested encodings multiply. libcurl allows five.
        let nested = try FakeHTTPServer { _ in
            .init(headers: [("Content-Encoding", "gzip, gzip, gzip, gzip, gzip, gzip")], steps: [.bytes(bomb)])
        }
        #expect(try await failure(nested)?.code == .malformedResponse)
    }

    @Test func `a reset in the middle of a body is a lost connection`() async throws {
        let server = try FakeHTTPServer { _ in
            .init(headers: [("Content-Length", "100")], steps: [.bytes([1, 2, 3]), .pause(.milliseconds(50)), .reset])
        }
        #expect(try await failure(server)?.code == .connectionLost)
        let closing = try FakeHTTPServer { _ in
            .raw([.bytes(Array("HTTP/1.0 200 OK\r\n\r\nabc".utf8)), .pause(.milliseconds(50)), .reset])
        }
        #expect(try await failure(closing)?.code == .connectionLost)
    }

    @Test func `a response may end with its connection, be empty, or follow informational ones`() async throws {
        let server = try FakeHTTPServer { request in
            switch request.path {
            case "/1.0": .raw("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold")
            case "/204": .raw("HTTP/1.1 204 No Content\r\n\r\n")
            case "/1xx":
                .raw(
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Hint: early\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nX-Final: yes\r\nContent-Length: 4\r\n\r\nlate")
            default: .raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n")
            }
        }
        let client = try HTTPClient()
        let old = try await client.send(try request(server, "/1.0"))
        #expect(old.body == Array("old".utf8) && old.head.endsByClosing)
        let empty = try await client.send(try request(server, "/204"))
        #expect(empty.status == 204 && empty.body.isEmpty && !empty.head.endsByClosing)
        let late = try await client.send(try request(server, "/1xx"))
        #expect(late.status == 200 && late.body == Array("late".utf8))
        #expect(late.headers["x-final"] == "yes" && late.headers["x-hint"] == nil)
        let unchanged = try await client.send(try request(server, "/304"))
        #expect(unchanged.status == 304 && unchanged.body.isEmpty)
    }

    @Test func `comments of an event stream are not a reply`() async throws {
        let comments = (0..<600).flatMap { _ in
            [.bytes(Array(": still here\n\n".utf8)), .pause(.milliseconds(50))] as [FakeHTTPServer.Response.Step]
        }
        let server = try FakeHTTPServer { request in
            let event = FakeHTTPServer.Response.Step.bytes(Array("data: 1\n\n".utf8))
            let steps = request.path == "/begun" ? [event] + comments : Array(comments.prefix(20)) + [event]
            return .init(headers: [("Content-Type", "text/event-stream")], steps: steps)
        }
        let limits = limits {
            $0.firstByteTimeout = .seconds(20)
            $0.idleTimeout = .milliseconds(600)
        }
        // Before the first event, comments say that the server works on it.
        let late = try await HTTPClient().send(try request(server, "/late", limits))
        #expect(late.body.suffix(9) == Array("data: 1\n\n".utf8)[...])
        let error = try await failure(server, limits, path: "/begun")
        #expect(error?.code == .timedOut && error?.message.contains("sent nothing for") == true)
    }

    @Test func `a reply that drips ends at the total limit, and is not tried again`() async throws {
        let server = try FakeHTTPServer { _ in
            .init(
                steps: (0..<600).flatMap { _ in
                    [.bytes([7]), .pause(.milliseconds(50))] as [FakeHTTPServer.Response.Step]
                })
        }
        let request = try request(server, "/", limits { $0.totalTimeout = .milliseconds(500) })
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient().send(request, retrying: .providers(maximumAttempts: 4))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message == "\(server.url)/ timed out: the reply was not complete within 0.5 seconds.")
        #expect(server.requests.count == 1)
    }
}
