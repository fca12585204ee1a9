import Foundation
import QuarryHTTP
import QuarryTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct HTTPClientTests {
    /// The progress of a test, for the server to wait for.
    private final class Progress: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func advance() { count.withLock { $0 += 1 } }
    }

    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    /// Waits for a condition that another thread will make true.
    private func eventually(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<1500 {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test func `a request and its response arrive unchanged`() async throws {
        let server = try FakeHTTPServer { _ in
            .text("tea", status: 418, headers: [("X-Pot", " small "), ("X-Pot", "2")])
        }
        var headers: HTTPHeaders = ["X-Leaf": "Assam", "X-Empty": ""]
        headers.add("Authorization", secret: Secret("sk-1").bearer)
        let url = try HTTPURL(server.url + "/pot?size=1")
        let response = try await HTTPClient().send(
            HTTPRequest(.post, url, headers: headers, body: Array("два".utf8)))
        #expect(response.status == 418)
        #expect(response.headers["x-pot"] == "small")
        #expect(response.body == Array("tea".utf8))
        #expect(response.head.mediaType == "text/plain")
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/pot?size=1")
        #expect(request.headers["x-leaf"] == "Assam")
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["authorization"] == "Bearer sk-1")
        #expect(request.headers["user-agent"] == "quarry")
        #expect(request.headers["expect"] == nil)
        #expect(request.headers["content-type"] == nil)
        #expect(request.body == Array("два".utf8))
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete])
    func `every method works, with and without a body`(method: HTTPRequest.Method) async throws {
        let server = try FakeHTTPServer { .text("\($0.method) \($0.body.count)") }
        let client = try HTTPClient()
        let url = try HTTPURL(server.url)
        for body in method == .get || method == .head ? [nil] : [nil, [], [1, 2, 3]] as [[UInt8]?] {
            let response = try await client.send(HTTPRequest(method, url, body: body))
            let expected = method == .head ? "" : "\(method.rawValue) \(body?.count ?? 0)"
            #expect(String(decoding: response.body, as: UTF8.self) == expected)
        }
    }

    @Test func `one connection serves successive requests`() async throws {
        let server = try FakeHTTPServer { .text($0.path) }
        let client = try HTTPClient()
        for number in 0..<20 {
            let response = try await client.send(HTTPRequest(.get, try HTTPURL("\(server.url)/\(number)")))
            #expect(response.body == Array("/\(number)".utf8))
        }
        #expect(server.connectionCount == 1)
    }

    @Test func `concurrent requests each get their own response, and reuse connections`() async throws {
        let server = try FakeHTTPServer { .text($0.path) }
        let client = try HTTPClient()
        let url = server.url
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await client.send(HTTPRequest(.get, try HTTPURL("\(url)/\(number)")))
                    return response.body == Array("/\(number)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.requests.count == 200)
        // Eight at once; an idle connection may be closed and a new one opened.
        #expect(server.connectionCount < 100)
    }

    @Test func `waiting for a free connection does not count as connecting`() async throws {
        let server = try FakeHTTPServer { _ in .init(steps: [.bytes([1])], delay: .milliseconds(1300)) }
        var configuration = HTTPClient.Configuration()
        configuration.maximumConnectionsPerHost = 1
        configuration.limits.connectTimeout = .seconds(1)
        let client = try HTTPClient(configuration)
        let url = try HTTPURL(server.url)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<2 { group.addTask { try await client.send(HTTPRequest(.get, url)).body } }
            for try await body in group { #expect(body == [1]) }
        }
        #expect(server.connectionCount == 1)
    }

    @Test func `the head and each piece are delivered before what follows`() async throws {
        let progress = Progress()
        let server = try FakeHTTPServer { _ in
            .init(steps: [
                .wait { progress.value >= 1 }, .bytes([1]), .wait { progress.value >= 2 }, .bytes([2, 3]),
                .wait { progress.value >= 3 }, .bytes([4]),
            ])
        }
        let stream = try await HTTPClient().stream(HTTPRequest(.get, try HTTPURL(server.url)))
        #expect(stream.head.status == 200)
        progress.advance()
        var pieces: [[UInt8]] = []
        for try await piece in stream {
            pieces.append(piece)
            progress.advance()
        }
        #expect(pieces == [[1], [2, 3], [4]])
    }

    @Test func `a slow reader gets every byte with bounded memory`() async throws {
        let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        let server = try FakeHTTPServer { _ in .init(steps: (0..<16).map { _ in .bytes(block) }) }
        let stream = try await HTTPClient().stream(HTTPRequest(.get, try HTTPURL(server.url)))
        try await Task.sleep(for: .milliseconds(200))
        var count = 0
        var largest = 0
        for try await piece in stream {
            #expect(piece.indices.allSatisfy { piece[$0] == block[(count + $0) & (block.count - 1)] })
            count += piece.count
            largest = max(largest, piece.count)
        }
        #expect(count == 16 << 20)
        #expect(largest < 1 << 20)
    }

    @Test func `a compressed response is decompressed`() async throws {
        // printf 'tea tea tea tea tea tea tea tea' | gzip -n
        let packed: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x2B, 0x49, 0x4D, 0x54, 0x28, 0xC1, 0x8D, 0x01,
            0xAD, 0x59, 0x9D, 0xAB, 0x1F, 0x00, 0x00, 0x00,
        ]
        let server = try FakeHTTPServer { _ in
            .init(headers: [("Content-Encoding", "gzip")], steps: [.bytes(packed)])
        }
        let response = try await HTTPClient().send(HTTPRequest(.get, try HTTPURL(server.url)))
        #expect(String(decoding: response.body, as: UTF8.self) == "tea tea tea tea tea tea tea tea")
        #expect(server.requests.first?.headers["accept-encoding"]?.contains("gzip") == true)
    }

    @Test func `cancelling the task closes the connection, before and after the head`() async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/late"
                ? .init(steps: [.bytes([1])], delay: .seconds(600))
                : .init(steps: [.bytes([1]), .pause(.seconds(600))])
        }
        let client = try HTTPClient()
        for (number, path) in ["/late", "/stream"].enumerated() {
            let url = try HTTPURL(server.url + path)
            let task = Task { try await client.send(HTTPRequest(.get, url)) }
            #expect(try await eventually { server.requests.count == number + 1 })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await eventually { server.abandonedCount == number + 1 })
        }
    }

    @Test func `dropping a stream closes the connection`() async throws {
        let server = try FakeHTTPServer { _ in .init(steps: [.bytes([1]), .pause(.seconds(600))]) }
        let client = try HTTPClient()
        do {
            let stream = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url)))
            for try await _ in stream { break }
        }
        #expect(try await eventually { server.abandonedCount == 1 })
    }

    @Test func `a stream keeps its client alive`() async throws {
        let server = try FakeHTTPServer { _ in .init(steps: [.bytes([1]), .pause(.milliseconds(100)), .bytes([2])]) }
        let stream = try await HTTPClient().stream(HTTPRequest(.get, try HTTPURL(server.url)))
        #expect(try await stream.collect() == [1, 2])
    }

    @Test func `each timeout ends a request that waits too long`() async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/late"
                ? .init(delay: .seconds(600)) : .init(steps: [.bytes([1]), .pause(.seconds(600)), .bytes([2])])
        }
        let client = try HTTPClient()
        let cases: [(path: String, limits: HTTPLimits, word: String)] = [
            ("/late", limits { $0.firstByteTimeout = .milliseconds(150) }, "did not answer within"),
            ("/idle", limits { $0.idleTimeout = .milliseconds(150) }, "sent nothing for"),
            ("/idle", limits { $0.totalTimeout = .milliseconds(150) }, "timed out"),
        ]
        for (path, limits, word) in cases {
            let start = ContinuousClock.now
            let url = try HTTPURL(server.url + path)
            let error = await #expect(throws: HTTPError.self) {
                try await client.send(HTTPRequest(.get, url, limits: limits))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
            #expect(ContinuousClock.now - start < .seconds(240))
        }
    }

    @Test func `a pause of the reader is not an idle server`() async throws {
        let server = try FakeHTTPServer { _ in .init(steps: [.bytes([UInt8](repeating: 7, count: 8 << 20))]) }
        let request = HTTPRequest(
            .get, try HTTPURL(server.url), limits: limits { $0.idleTimeout = .seconds(5) })
        let stream = try await HTTPClient().stream(request)
        try await Task.sleep(for: .seconds(7))
        #expect(try await stream.collect().count == 8 << 20)
    }

    @Test func `bodies and heads beyond the limits are rejected`() async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/head"
                ? .text("x", headers: [("X-Long", String(repeating: "a", count: 3000))])
                : .init(steps: [.bytes([UInt8](repeating: 0, count: 5000))])
        }
        let client = try HTTPClient()
        for path in ["/head", "/body"] {
            let request = HTTPRequest(
                .get, try HTTPURL(server.url + path),
                limits: limits {
                    $0.maximumHeadBytes = 2000
                    $0.maximumBodyBytes = 4999
                })
            let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test func `a lost connection is an error and not a short body`() async throws {
        let server = try FakeHTTPServer { request in
            .init(
                headers: request.path == "/length" ? [("Content-Length", "10")] : [],
                steps: [.bytes([1, 2, 3]), .hangUp])
        }
        let client = try HTTPClient()
        for path in ["/length", "/chunked"] {
            let url = try HTTPURL(server.url + path)
            let error = await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(.get, url)) }
            #expect(error?.code == .connectionLost, "\(error?.message ?? "")")
        }
    }

    @Test func `a connection to a closed port fails`() async throws {
        let url = try HTTPURL("http://127.0.0.1:1/")
        let error = await #expect(throws: HTTPError.self) { try await HTTPClient().send(HTTPRequest(.get, url)) }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func `a proxy gets the whole URL and its own password`() async throws {
        let proxy = try FakeHTTPServer { _ in .text("through") }
        var configuration = HTTPClient.Configuration()
        configuration.proxy = .url(try HTTPURL(proxy.url), password: Secret("me:pw"))
        let request = HTTPRequest(.get, try HTTPURL("http://quarry.invalid/x"))
        #expect(try await HTTPClient(configuration).send(request).body == Array("through".utf8))
        #expect(proxy.requests.first?.path == "http://quarry.invalid/x")
        #expect(proxy.requests.first?.headers["proxy-authorization"] == "Basic bWU6cHc=")
    }

    @Test func `a missing certificate file is an error`() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.certificateAuthorities = .file("/nonexistent/authorities.pem")
        let server = try FakeHTTPServer { _ in .text("") }
        let url = try HTTPURL("https://127.0.0.1:\(server.port)/")
        let client = try HTTPClient(configuration)
        let error = await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(.get, url)) }
        #expect(error?.code == .insecureConnection, "\(error?.message ?? "")")
        #expect(server.requests.isEmpty)
    }

    @Test func `header values cannot start a new line`() async throws {
        let server = try FakeHTTPServer { _ in .text("") }
        let url = try HTTPURL(server.url)
        for headers in [["X": "a\r\nY: b"], ["X\n": "a"], ["": "a"], ["X Y": "a"]] as [HTTPHeaders] {
            let error = await #expect(throws: HTTPError.self) {
                try await HTTPClient().send(HTTPRequest(.get, url, headers: headers))
            }
            #expect(error?.code == .invalidRequest)
        }
        #expect(server.requests.isEmpty)
    }
}
