import QuarryHTTP
import QuarryTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct HostPolicyTests {
    private func client(
        _ hosts: HostPolicy, resolve: [String] = [], trace: (@Sendable (HTTPTraceEvent) -> Void)? = nil
    ) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.hosts = hosts
        // Long enough to distinguish a rejection from a connection attempt without an answer.
        configuration.limits.connectTimeout = .seconds(600)
        configuration.resolve = resolve
        configuration.trace = trace
        return try HTTPClient(configuration)
    }

    private func refusal(of url: String, by client: HTTPClient) async throws -> HTTPError? {
        let request = HTTPRequest(.get, try HTTPURL(url))
        return await #expect(throws: HTTPError.self) { try await client.send(request) }
    }

    @Test(arguments: [
        "127.0.0.1", "127.255.3.4", "[::1]", "[::ffff:127.0.0.1]", "localhost", "LOCALHOST.", "api.localhost", "127.1",
        "2130706433", "0x7f.1",
    ])
    func `every spelling of this machine is allowed`(host: String) throws {
        try HostPolicy.loopbackOnly.check(try HTTPURL("http://\(host)/"))
    }

    @Test(arguments: [
        "example.com", "10.0.0.1", "0.0.0.0", "[::]", "[::ffff:10.0.0.1]", "[fe80::1]", "localhost.example.com",
        "notlocalhost", "128.0.0.1", "127.0.0.1.example.com", "[::2]", "1.1.1.1",
    ])
    func `other hosts are rejected before a lookup or a request`(host: String) async throws {
        let events = Mutex(0)
        let local = try client(.loopbackOnly) { _ in events.withLock { $0 += 1 } }
        let error = try await refusal(of: "http://\(host)/v1", by: local)
        #expect(error?.code == .refusedHost)
        #expect(error?.message.contains("only this machine is allowed") == true)
        #expect(error?.message.contains(host) == true)
        #expect(events.withLock { $0 } == 0)
    }

    @Test func `a server on this machine is reached by address and by name`() async throws {
        let server = try FakeHTTPServer { _ in .text("here") }
        let local = try client(.loopbackOnly)
        for host in ["127.0.0.1", "localhost"] {
            let request = HTTPRequest(.get, try HTTPURL("http://\(host):\(server.port)/"))
            #expect(try await local.send(request).body == Array("here".utf8))
        }
    }

    @Test(arguments: ["10.0.0.1", "93.184.215.14", "169.254.169.254", "0.0.0.0", "[fd00::1]"])
    func `a local name with a foreign address does not open a socket`(address: String) async throws {
        let server = try FakeHTTPServer { _ in .text("here") }
        let local = try client(.loopbackOnly, resolve: ["localhost:\(server.port):\(address)"])
        let start = ContinuousClock.now
        let error = try await refusal(of: "http://localhost:\(server.port)/", by: local)
        #expect(error?.code == .refusedHost, "\(error?.message ?? "")")
        #expect(error?.message.contains("resolves to") == true)
        #expect(server.connectionCount == 0)
        #expect(ContinuousClock.now - start < .seconds(240))
        // Without the policy the fake lookup leads to another host, so the test has tested the policy.
        let honest = try client(.any, resolve: ["elsewhere.test:\(server.port):127.0.0.1"])
        let request = HTTPRequest(.get, try HTTPURL("http://elsewhere.test:\(server.port)/"))
        #expect(try await honest.send(request).body == Array("here".utf8))
        #expect(try await refusal(of: request.url.string, by: local)?.code == .refusedHost)
    }

    @Test func `a redirect does not lead to another machine`() async throws {
        let server = try FakeHTTPServer { request in
            switch request.path {
            case "/away": .init(status: 307, headers: [("Location", "http://example.com/")])
            case "/lie": .init(status: 307, headers: [("Location", "http://lie.localhost:8080/")])
            default: .text("here")
            }
        }
        let local = try client(.loopbackOnly, resolve: ["lie.localhost:8080:10.0.0.1"])
        for path in ["/away", "/lie"] {
            let error = try await refusal(of: server.url + path, by: local)
            #expect([.refusedHost, .refusedRedirect].contains(error?.code), "\(error?.message ?? "")")
        }
    }

    @Test func `a proxy is rejected if only this machine is allowed`() throws {
        var configuration = HTTPClient.Configuration()
        configuration.hosts = .loopbackOnly
        configuration.proxy = .url(try HTTPURL("http://127.0.0.1:3128"))
        let error = #expect(throws: HTTPError.self) { try HTTPClient(configuration) }
        #expect(error?.code == .refusedHost)
        #expect(error?.message.contains("127.0.0.1:3128") == true)
    }
}

@Suite(.timeLimit(.minutes(30))) struct AddressZoneTests {
    @Test(
        arguments: [
            ("127.0.0.1", AddressZone.loopback), ("127.0.0.1.", .loopback), ("::1", .loopback),
            ("::ffff:127.9.9.9", .loopback),
            ("::7f00:1", .loopback), ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("::", .unspecified),
            ("10.1.2.3", .elsewhere), ("169.254.169.254", .elsewhere), ("fe80::1%eth0", .elsewhere),
            ("::ffff:169.254.1.1", .elsewhere), ("64:ff9b::a9fe:a9fe", .elsewhere), ("2002:a00:1::", .elsewhere),
            ("64:ff9b::7f00:1", .loopback), ("255.255.255.255", .elsewhere), ("[2606:4700::1111]", .elsewhere),
        ] as [(String, AddressZone)])
    func `each address belongs to its zone`(address: String, zone: AddressZone) {
        #expect(AddressZone(host: address) == zone)
    }

    @Test func `names need a lookup, and malformed bytes are not an address`() {
        for name in ["example.com", "1.2.3", "fe80", "localhost.com", ""] {
            #expect(AddressZone(host: name) == nil)
        }
        #expect(AddressZone(bytes: []) == .elsewhere)
        #expect(AddressZone(bytes: [127, 0, 0]) == .elsewhere)
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://0.0.0.0:1/", "http://10.0.0.1/",
        "http://inside.test:8080/", "http://localhost:1/", "//192.168.1.1/x",
    ])
    func `a server cannot redirect its clients to another`(location: String) async throws {
        let server = try FakeHTTPServer { _ in .init(status: 302, headers: [("Location", location)]) }
        var configuration = HTTPClient.Configuration()
        configuration.resolve = ["inside.test:8080:10.0.0.1"]
        configuration.limits.connectTimeout = .seconds(600)
        let client = try HTTPClient(configuration)
        let request = HTTPRequest(.get, try HTTPURL(server.url))
        let start = ContinuousClock.now
        let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
        #expect(error?.code == .refusedRedirect, "\(error?.message ?? "")")
        #expect(ContinuousClock.now - start < .seconds(240))
    }
}
