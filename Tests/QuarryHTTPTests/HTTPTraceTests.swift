import QuarryHTTP
import QuarryTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct HTTPTraceTests {
    private final class Log: Sendable {
        private let list = Mutex<[HTTPTraceEvent]>([])
        var events: [HTTPTraceEvent] { list.withLock { $0 } }
        func add(_ event: HTTPTraceEvent) { list.withLock { $0.append(event) } }
        var text: String { events.map(\.description).joined(separator: "\n") }
    }

    private static let key = "sk-Planted/0+key=="
    private static let encodedKey = "sk-Planted%2F0%2Bkey%3D%3D"

    private func configuration(_ log: Log, bodies: Bool = false) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.trace = { log.add($0) }
        configuration.tracesBodies = bodies
        return configuration
    }

    private func request(_ url: String, body: String? = nil) throws -> HTTPRequest {
        var headers: HTTPHeaders = ["Accept": "application/json"]
        headers.add("Authorization", secret: Secret(Self.key).bearer)
        return HTTPRequest(
            body == nil ? .get : .post, try HTTPURL(url), headers: headers, body: body.map { Array($0.utf8) })
    }

    private func leaks(_ text: String) -> Bool {
        ["Planted", Self.encodedKey].contains { text.lowercased().contains($0.lowercased()) }
    }

    @Test func `an exchange is traced from its request to its end`() async throws {
        let server = try FakeHTTPServer { _ in .text("four", headers: [("X-Id", "7")]) }
        let log = Log()
        let client = try HTTPClient(configuration(log))
        for _ in 0..<2 { _ = try await client.send(try request(server.url + "/v1?alt=sse&token=abc", body: "hello")) }
        let kinds = log.events.map(\.kind)
        guard kinds.count == 6, case .request(let line, let fields, let bytes) = kinds[0],
            case .response(let status, let answer, let address, let isReused) = kinds[1],
            case .finished(let timings) = kinds[2], case .response(_, _, _, let isSecondReused) = kinds[4]
        else {
            Issue.record("\(log.text)")
            return
        }
        #expect(line == "POST \(server.url)/v1?alt=sse&token=<redacted>")
        #expect(fields == "Accept: application/json\nAuthorization: <redacted>\nUser-Agent: quarry")
        #expect(bytes == 5)
        #expect(status == 200 && address == "127.0.0.1" && !isReused && isSecondReused)
        #expect(answer.contains("X-Id: 7"))
        #expect(timings.bytesSent == 5 && timings.bodyBytes == 4 && timings.total > .zero)
        #expect(log.events.map(\.exchange) == [1, 1, 1, 2, 2, 2])
        #expect(!log.text.contains("hello") && !log.text.contains("four"))
    }

    @Test func `a repeated key does not appear in any event, error or description`() async throws {
        let (key, encoded) = (Self.key, Self.encodedKey)
        let server = try FakeHTTPServer { request in
            switch request.path {
            case "/echo":
                .json(
                    #"{"error":{"message":"Incorrect key \#(key).","code":"\#(key)"}}"#, status: 401,
                    headers: [("X-Echo", "you sent \(key)"), ("Set-Cookie", "session=\(key)")])
            case "/away": .init(status: 302, headers: [("Location", "/\(encoded)/x?key=\(key)")])
            case "/nowhere": .init(status: 302, headers: [("Location", "http://127.0.0.1:1/\(encoded)?k=\(encoded)")])
            case "/metadata": .init(status: 302, headers: [("Location", "http://169.254.169.254/\(encoded)")])
            case "/scheme": .init(status: 302, headers: [("Location", "ftp://h/\(key)")])
            case "/busy": .text("key \(key)", status: 503, headers: [("X-Reason", key)])
            default: .text("whole \(key) \(encoded)", headers: [("X-Key", encoded)])
            }
        }
        let log = Log()
        let client = try HTTPClient(configuration(log, bodies: true))
        var shown: [String] = []
        var policy = RetryPolicy.providers(maximumAttempts: 2)
        policy.initialDelay = .milliseconds(1)
        for path in ["/echo", "/away", "/nowhere", "/metadata", "/scheme", "/busy", "/\(encoded)"] {
            do {
                let request = try request(server.url + path, body: "my key is \(key)")
                if path != "/\(encoded)" { shown.append("\(request) \(String(reflecting: request))") }
                let response = try await client.send(request, retrying: policy)
                let failure = ProviderFailure(response)
                shown += ["\(response) \(response.head) \(response.headers) \(response.head.url)", "\(failure)"]
                var dumped = ""
                dump(response.headers, to: &dumped)
                dump(failure, to: &dumped)
                shown.append(dumped)
            } catch {
                shown += ["\(error)", String(reflecting: error)]
            }
        }
        for text in shown + [log.text] { #expect(!leaks(text), "\(text)") }
        #expect(log.text.contains("my key is <redacted>"))
        #expect(log.text.contains("Incorrect key <redacted>"))
        #expect(shown.contains { $0.contains("Incorrect key <redacted>") })
        #expect(log.events.contains { if case .retry = $0.kind { true } else { false } })
        #expect(log.events.contains { if case .redirect = $0.kind { true } else { false } })
        #expect(server.requests.allSatisfy { $0.path.contains(encoded) || $0.headers["authorization"] != nil })
    }

    @Test func `a plain authorization and a proxy's password are credentials too`() async throws {
        let proxy = try FakeHTTPServer { _ in .text("me:PlantedPassword Planted-plain") }
        let log = Log()
        var configuration = configuration(log, bodies: true)
        configuration.proxy = .url(try HTTPURL(proxy.url), password: Secret("me:PlantedPassword"))
        let request = HTTPRequest(
            .get, try HTTPURL("http://quarry.invalid/"), headers: ["authorization": "Bearer Planted-plain"])
        _ = try await HTTPClient(configuration).send(request)
        #expect(!leaks(log.text), "\(log.text)")
        #expect(!leaks("\(request.headers)"))
        #expect(log.text.contains("<redacted> <redacted>"))
    }

    @Test func `a failure and a cancellation end their exchange`() async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/cut"
                ? .init(headers: [("Content-Length", "9")], steps: [.bytes([1]), .hangUp])
                : .init(steps: [.bytes([1]), .pause(.seconds(600))])
        }
        let log = Log()
        let client = try HTTPClient(configuration(log))
        _ = try? await client.send(HTTPRequest(.get, try HTTPURL(server.url + "/cut")))
        do { _ = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/held"))) }
        while log.events.count < 6 { try await Task.sleep(for: .milliseconds(5)) }
        guard case .failed(let reason, _) = log.events[2].kind, case .closed = log.events[5].kind else {
            Issue.record("\(log.text)")
            return
        }
        #expect(reason.contains("/cut"))
    }

    @Test func `a long body is truncated without splitting a key`() async throws {
        // The key spans the 65,536th byte.
        let text = String(repeating: "x", count: 65_530) + Self.key + String(repeating: "y", count: 100_000)
        let server = try FakeHTTPServer { _ in .text(text) }
        let log = Log()
        _ = try await HTTPClient(configuration(log, bodies: true)).send(try request(server.url, body: text))
        #expect(!log.text.contains("sk-"))
        #expect(log.text.contains("xxxx"))
        #expect(!log.text.contains("yyyy"))
        #expect(log.events.count == 5)
    }
}
