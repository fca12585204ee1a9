import Foundation
import QuarryHTTP
import QuarryTestSupport
import Testing

@Suite(
    .enabled("needs /usr/bin/openssl and a python3 with the module ssl") { await PeerProcess.canServeTLS },
    .timeLimit(.minutes(30)))
struct HTTPSecurityTests {
    @Test func `an unknown certificate is rejected, and trusted if its file is given`() async throws {
        let peer = try await PeerProcess("tls_server.py") { [$0.path] }
        let request = HTTPRequest(.get, try HTTPURL("https://127.0.0.1:\(peer.port)/"))
        var configuration = peer.trustingConfiguration()
        configuration.certificateAuthorities = HTTPClient.Configuration().certificateAuthorities
        let stranger = try HTTPClient(configuration)
        let error = await #expect(throws: HTTPError.self) { try await stranger.send(request) }
        #expect(error?.code == .insecureConnection, "\(error?.message ?? "")")

        let friend = try HTTPClient(peer.trustingConfiguration())
        for _ in 0..<2 { #expect(try await friend.send(request).body == Array("sealed".utf8)) }
        var elsewhere = request
        elsewhere.url = try HTTPURL("https://localhost:\(peer.port)/")
        let second = await #expect(throws: HTTPError.self) { try await friend.send(elsewhere) }
        #expect(second?.code == .insecureConnection, "\(second?.message ?? "")")
    }

    @Test(arguments: [("expired", "expired"), ("wrong-host", "127.0.0.1")])
    func `a trusted but invalid certificate is rejected without a retry`(
        kind: String, word: String
    ) async throws {
        let peer = try await PeerProcess("tls_server.py") { [$0.path, kind] }
        let request = HTTPRequest(.get, try HTTPURL("https://127.0.0.1:\(peer.port)/"))
        let client = try HTTPClient(peer.trustingConfiguration())
        let error = await #expect(throws: HTTPError.self) { try await client.send(request, retrying: RetryPolicy()) }
        #expect(error?.code == .insecureConnection, "\(error?.message ?? "")")
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test func `a tunnel reaches a server that only the proxy can resolve`() async throws {
        let peer = try await PeerProcess("tls_server.py") { [$0.path, "wrong-host"] }
        let proxy = try await PeerProcess("connect_proxy.py")
        var configuration = peer.trustingConfiguration()
        let proxyURL = try HTTPURL("http://127.0.0.1:\(proxy.port)")
        configuration.proxy = .url(proxyURL, password: Secret("me:pw"))
        let request = HTTPRequest(.get, try HTTPURL("https://quarry.test:\(peer.port)/"))
        let response = try await HTTPClient(configuration).send(request)
        #expect(response.body == Array("sealed".utf8))
        #expect(response.headers["x-proxy"] == nil)
        configuration.proxy = .url(proxyURL, password: Secret("me:wrong"))
        let client = try HTTPClient(configuration)
        let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.contains("407") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("wrong") == false)
        #expect(error?.message.contains("http://USER:PASSWORD@HOST:PORT") == true, "\(error?.message ?? "")")
        // Some proxies lock the account after repeated attempts.
        let outcome = RetryPolicy.Outcome.failure(try #require(error))
        #expect(RetryPolicy().decision(after: outcome, attempt: 1, now: 0, jitter: 0) == .giveUp)
    }

    @Test func `a proxy of the environment is used only if configured`() async throws {
        let server = try FakeHTTPServer { _ in .text("direct") }
        var configuration = HTTPClient.Configuration()
        configuration.hosts = .loopbackOnly
        configuration.proxy = .environment
        let request = HTTPRequest(.get, try HTTPURL(server.url))
        #expect(try await HTTPClient(configuration).send(request).body == Array("direct".utf8))
        #expect(server.requests.first?.path == "/")
    }
}

/// Debian: nghttp2-proxy.
@Suite(
    .enabled("needs nghttpx (Debian: nghttp2-proxy), openssl and python3") { await PeerProcess.canServeHTTP2 },
    .timeLimit(.minutes(30)))
struct HTTP2Tests {
    /// nghttpx before a scripted server, and a client that counts its connections.
    private struct Peers {
        let peer: PeerProcess
        let client: HTTPClient
        let url: String
        let opened: Counter
    }

    private func start(before server: FakeHTTPServer) async throws -> Peers {
        let peer = try await PeerProcess("http2_proxy.py") { [$0.path, "\(server.port)"] }
        let opened = Counter()
        var configuration = peer.trustingConfiguration()
        configuration.trace = { event in
            if case .response(_, _, _, isReused: false) = event.kind { _ = opened.next() }
        }
        return Peers(
            peer: peer, client: try HTTPClient(configuration), url: "https://127.0.0.1:\(peer.port)", opened: opened)
    }

    @Test func `a hundred concurrent requests share one connection`() async throws {
        let server = try FakeHTTPServer { request in
            .init(steps: [.bytes(Array(request.path.utf8))], delay: .milliseconds(100))
        }
        let peers = try await start(before: server)
        let (client, url) = (peers.client, peers.url)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let response = try await client.send(HTTPRequest(.get, try HTTPURL("\(url)/\(number)")))
                    return response.body == Array("/\(number)".utf8) && response.headers["via"] != nil
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.requests.count == 100)
        #expect(peers.opened.count == 1)
    }

    @Test func `events are streamed, compressed bodies decompressed, and large ones complete`() async throws {
        // printf 'tea tea tea tea tea tea tea tea' | gzip -n
        let packed: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x2B, 0x49, 0x4D, 0x54, 0x28, 0xC1, 0x8D, 0x01,
            0xAD, 0x59, 0x9D, 0xAB, 0x1F, 0x00, 0x00, 0x00,
        ]
        let block = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
        let server = try FakeHTTPServer { request in
            switch request.path {
            case "/gzip": .init(headers: [("Content-Encoding", "gzip")], steps: [.bytes(packed)])
            case "/events": .events(["1", "2", "3"], pause: .milliseconds(10))
            default: .init(steps: [.bytes(request.body)])
            }
        }
        let peers = try await start(before: server)
        let tea = try await peers.client.send(HTTPRequest(.get, try HTTPURL(peers.url + "/gzip")))
        #expect(String(decoding: tea.body, as: UTF8.self) == "tea tea tea tea tea tea tea tea")
        var data: [String] = []
        let stream = try await peers.client.stream(HTTPRequest(.get, try HTTPURL(peers.url + "/events")))
        for try await event in stream.serverSentEvents { data.append(event.data) }
        #expect(data == ["1", "2", "3", "[DONE]"])
        let echo = try await peers.client.send(HTTPRequest(.post, try HTTPURL(peers.url + "/echo"), body: block))
        #expect(echo.body == block)
        #expect(peers.opened.count == 1)
    }

    @Test func `a stream that is reset, paused or cancelled does not affect the others`() async throws {
        let block = [UInt8](repeating: 7, count: 8 << 20)
        let server = try FakeHTTPServer { request in
            switch request.path {
            case "/cut":
                .init(headers: [("Content-Length", "9")], steps: [.bytes([1]), .pause(.milliseconds(50)), .hangUp])
            case "/held": .init(steps: [.bytes([1]), .pause(.seconds(30))])
            case "/large": .init(steps: [.bytes(block)])
            default: .text("fine")
            }
        }
        let peers = try await start(before: server)
        func request(_ path: String) throws -> HTTPRequest { HTTPRequest(.get, try HTTPURL(peers.url + path)) }
        let large = try await peers.client.stream(try request("/large"))
        let held = try await peers.client.stream(try request("/held"))
        // On a busy machine the stream is reset before its head was read.
        let error = await #expect(throws: HTTPError.self) {
            try await peers.client.stream(try request("/cut")).collect()
        }
        #expect(error?.code == .connectionLost, "\(error?.message ?? "")")
        do { _ = held }
        for _ in 0..<10 { #expect(try await peers.client.send(try request("/")).body == Array("fine".utf8)) }
        #expect(try await large.collect() == block)
        #expect(peers.opened.count == 1)
    }
}
