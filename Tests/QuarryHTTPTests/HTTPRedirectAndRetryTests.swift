import QuarryHTTP
import QuarryTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct HTTPRedirectAndRetryTests {
    private var swift: RetryPolicy {
        var policy = RetryPolicy()
        policy.initialDelay = .milliseconds(1)
        return policy
    }

    @Test func `a redirect within the origin keeps credentials, method and body`() async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/old" ? .init(status: 307, headers: [("Location", "/new?x=1")]) : .text("there")
        }
        var headers: HTTPHeaders = [:]
        headers.add("api-key", secret: Secret("sk-secret"))
        let response = try await HTTPClient().send(
            HTTPRequest(.post, try HTTPURL(server.url + "/old"), headers: headers, body: [1, 2]))
        #expect(response.head.url.path == "/new")
        #expect(server.requests.map(\.path) == ["/old", "/new?x=1"])
        #expect(server.requests.map(\.method) == ["POST", "POST"])
        #expect(server.requests.map(\.body) == [[1, 2], [1, 2]])
        #expect(server.requests.map { $0.headers["api-key"] } == ["sk-secret", "sk-secret"])
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect to another server is not followed`(status: Int) async throws {
        let other = try FakeHTTPServer { _ in .text("there") }
        for location in [
            other.url, "http://localhost:\(other.port)/", "http://[::1]:\(other.port)/", "//127.0.0.1:\(other.port)",
        ] {
            let server = try FakeHTTPServer { _ in .init(status: status, headers: [("Location", location)]) }
            var headers: HTTPHeaders = ["Authorization": "Bearer plain"]
            headers.add("X-Own-Key", secret: Secret("sk-secret"))
            let request = HTTPRequest(.post, try HTTPURL(server.url), headers: headers, body: Array("a question".utf8))
            let error = await #expect(throws: HTTPError.self) { try await HTTPClient().send(request) }
            #expect(error?.code == .refusedRedirect)
            #expect(error?.message.contains("another server") == true, "\(error?.message ?? "")")
            #expect(server.requests.count == 1)
        }
        #expect(other.connectionCount == 0)
    }

    @Test(arguments: [301, 302, 303])
    func `a redirected post becomes a get`(status: Int) async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/a" ? .init(status: status, headers: [("Location", "b")]) : .text("")
        }
        let request = HTTPRequest(
            .post, try HTTPURL(server.url + "/a"), headers: ["Content-Type": "text/plain"], body: [1])
        _ = try await HTTPClient().send(request)
        #expect(server.requests.map(\.method) == ["POST", "GET"])
        #expect(server.requests.last?.path == "/b")
        #expect(server.requests.last?.body == [])
        #expect(server.requests.last?.headers["content-type"] == nil)
    }

    @Test func `a redirect loop ends, and other schemes are rejected`() async throws {
        let server = try FakeHTTPServer { request in
            .init(status: 302, headers: [("Location", request.path == "/circle" ? "/circle" : "file:///etc/passwd")])
        }
        let client = try HTTPClient()
        let circle = HTTPRequest(.get, try HTTPURL(server.url + "/circle"))
        let error = await #expect(throws: HTTPError.self) { try await client.send(circle) }
        #expect(error?.code == .tooManyRedirects)
        #expect(server.requests.count == 6)
        let file = HTTPRequest(.get, try HTTPURL(server.url + "/file"))
        let second = await #expect(throws: HTTPError.self) { try await client.send(file) }
        #expect(second?.code == .invalidURL)
        #expect(
            second?.message
                == "\(server.url)/file redirects (status 302) to “file:///etc/passwd”. Only http and https addresses "
                + "without credentials are followed.")
        var limits = HTTPLimits()
        limits.maximumRedirects = 0
        let as302 = try await client.send(HTTPRequest(.get, try HTTPURL(server.url + "/circle"), limits: limits))
        #expect(as302.status == 302)
    }

    @Test func `a busy server is retried until it answers`() async throws {
        let server = try FakeHTTPServer(replies: [
            .text("busy", status: 503), .text("slow down", status: 429, headers: [("retry-after-ms", "1")]),
            .text("yes"),
        ])
        let request = HTTPRequest(.get, try HTTPURL(server.url))
        let response = try await HTTPClient().send(request, retrying: swift)
        #expect(response.body == Array("yes".utf8))
        #expect(server.requests.count == 3)
    }

    @Test func `the last response of a server that stays busy is returned`() async throws {
        let server = try FakeHTTPServer { _ in .text("busy", status: 503) }
        let request = HTTPRequest(.get, try HTTPURL(server.url))
        let response = try await HTTPClient().send(request, retrying: swift)
        #expect(response.status == 503)
        #expect(response.body == Array("busy".utf8))
        #expect(server.requests.count == 3)
        var giveUp = swift
        giveUp.hint = { _ in .never }
        let final = try await HTTPClient().send(request, retrying: giveUp)
        #expect(final.body == Array("busy".utf8))
        #expect(server.requests.count == 4)
    }

    @Test func `a lost connection is retried`() async throws {
        let server = try FakeHTTPServer(replies: [
            .init(steps: [.hangUp]), .init(status: 500, steps: [.bytes([1]), .hangUp]), .text("yes"),
        ])
        let request = HTTPRequest(.get, try HTTPURL(server.url + "/x"))
        var policy = swift
        policy.maximumAttempts = 4
        let client = try HTTPClient()
        // A stream is not retried after its first part was returned. A whole response is.
        let stream = try await client.stream(request, retrying: policy)
        await #expect(throws: HTTPError.self) { try await stream.collect() }
        #expect(server.requests.count == 1)
        #expect(try await client.send(request, retrying: policy).body == Array("yes".utf8))
        #expect(server.requests.count == 3)
    }

    @Test func `cancelling ends the wait between attempts`() async throws {
        let server = try FakeHTTPServer { _ in .text("busy", status: 503, headers: [("Retry-After", "60")]) }
        let url = try HTTPURL(server.url)
        let task = Task { try await HTTPClient().send(HTTPRequest(.get, url), retrying: RetryPolicy()) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
