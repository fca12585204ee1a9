import QuarryHTTP
import QuarryTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct PublicAddressTests {
    private func client(resolve: [String] = []) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.hosts = .publicOnly
        configuration.resolve = resolve
        // Long enough to distinguish a rejection from a connection attempt without an answer.
        configuration.limits.connectTimeout = .seconds(600)
        return try HTTPClient(configuration)
    }

    @Test(arguments: [
        "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1",
        "192.0.2.1", "[::1]", "[::]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[ff02::1]", "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]", "[64:ff9b::a00:1]", "[2002:7f00:1::]", "[2001:db8::1]", "[2001::1]", "localhost",
        "LOCALHOST.", "a.localhost", "printer.local", "db.internal",
    ])
    func `private and reserved hosts are rejected before a request`(host: String) async throws {
        let request = HTTPRequest(.get, try HTTPURL("http://\(host)/"))
        let client = try client()
        let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
        #expect(error?.code == .refusedHost)
        #expect(error?.message.contains("only public addresses are allowed") == true)
    }

    @Test(arguments: [
        "example.org", "1.1.1.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "223.255.255.255", "[2606:4700::1111]",
        "[::ffff:1.1.1.1]", "localhost.example.org",
    ])
    func `public hosts pass`(host: String) throws { try HostPolicy.publicOnly.check(try HTTPURL("http://\(host)/")) }

    @Test(arguments: ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]", "[::ffff:127.0.0.1]"])
    func `a public name that resolves to a private address is not connected to`(address: String) async throws {
        let server = try FakeHTTPServer { _ in .text("secret") }
        let client = try client(resolve: ["rebound.example:\(server.port):\(address)"])
        let request = HTTPRequest(.get, try HTTPURL("http://rebound.example:\(server.port)/"))
        let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
        #expect(error?.code == .refusedHost)
        #expect(error?.message.contains("resolves to") == true)
        #expect(server.connectionCount == 0)
    }

    @Test func `a proxy is refused, because it would resolve names itself`() throws {
        var configuration = HTTPClient.Configuration()
        configuration.hosts = .publicOnly
        configuration.proxy = .url(try HTTPURL("http://proxy.example:3128"))
        let error = #expect(throws: HTTPError.self) { try HTTPClient(configuration) }
        #expect(error?.code == .refusedHost)
    }

    @Test func `each bit of a network counts`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let address = (0..<4).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let isPrivate =
                address[0] == 10 || address[0] == 127 || address[0] == 0 || address[0] >= 224
                || address[0] == 172 && (16...31).contains(address[1])
                || address[0] == 192 && address[1] == 168 || address[0] == 169 && address[1] == 254
            if isPrivate { #expect(!AddressZone.isPublic(bytes: address)) }
            let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address
            #expect(AddressZone.isPublic(bytes: mapped) == AddressZone.isPublic(bytes: address))
        }
    }
}
