import Foundation
import QuarryHTTP
import QuarryProviders
import QuarryTestSupport
import Synchronization
import Testing

@Suite struct ProviderConnectionTests {
    private static let key = "sk-planted-key-314159"

    private func connection(
        to server: FakeHTTPServer, name: String = "acme", limits: RequestLimits = .init(), attempts: Int = 3,
        ledger: SpendingLedger = .init(), localOnly: Bool = false
    ) throws -> ProviderConnection {
        var options = ConnectionOptions()
        options.maximumAttempts = attempts
        options.isLocalOnly = localOnly
        let provider = Provider(
            name, at: "\(server.url)/v1", generation: .openAIChat, keys: ["ACME_API_KEY"], limits: limits)
        return try ProviderConnection(provider, key: APIKey(Self.key), options: options, ledger: ledger)
    }

    private func call(_ estimate: BilledUsage = BilledUsage(input: 10), model: String = "m") throws -> ProviderCall {
        try ProviderCall(.generation, model: model, path: "things/{model}", json: ["a": 1], estimate: estimate)
    }

    private func send(_ call: ProviderCall, on connection: ProviderConnection) async throws -> String {
        try await connection.send(call) { (String(decoding: $0, as: UTF8.self), BilledUsage(input: 7)) }
    }

    @Test func `a call carries the key and goes to the model's path`() async throws {
        let server = try FakeHTTPServer { _ in .json("{}") }
        let connection = try connection(to: server)
        _ = try await send(call(model: "org/name with space"), on: connection)
        let request = try #require(server.requests.first)
        #expect(request.path == "/v1/things/org/name%20with%20space")
        #expect(request.headers["authorization"] == "Bearer \(Self.key)")
        #expect(connection.ledger.spending.entries.map(\.usage.input) == [7])
    }

    @Test func `a key that the server repeats is never shown`() async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"error":{"message":"bad key \#(Self.key)"}}"#, status: 401) }
        let connection = try connection(to: server)
        let error = await #expect(throws: ProviderError.self) { try await send(call(), on: connection) }
        #expect(error?.code == .unauthorized)
        #expect(error.map { !"\($0) \($0.message) \(String(reflecting: $0))".contains(Self.key) } == true)
        #expect(connection.ledger.spending.entries.isEmpty)
    }

    @Test func `no more calls are in flight than the provider allows`() async throws {
        let concurrent = Mutex((now: 0, most: 0))
        let server = try FakeHTTPServer { _ in
            concurrent.withLock { count in
                count.now += 1
                count.most = max(count.most, count.now)
            }
            Thread.sleep(forTimeInterval: 0.02)
            concurrent.withLock { $0.now -= 1 }
            return .json("{}")
        }
        let connection = try connection(to: server, limits: RequestLimits(concurrency: 3))
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { _ = try await send(call(), on: connection) } }
            try await group.waitForAll()
        }
        #expect(concurrent.withLock { $0.most } <= 3)
        #expect(server.requests.count == 20)
    }

    @Test func `a pause for one call delays the others`() async throws {
        let answered = Mutex(0)
        let server = try FakeHTTPServer { _ in
            let number = answered.withLock { answered in
                answered += 1
                return answered
            }
            return number == 1 ? .json("{}", status: 429, headers: [("Retry-After", "1")]) : .json("{}")
        }
        let connection = try connection(to: server, limits: RequestLimits(concurrency: 1))
        let start = ContinuousClock.now
        _ = try await send(call(), on: connection)
        _ = try await send(call(), on: connection)
        #expect(ContinuousClock.now - start >= .milliseconds(950))
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        FakeHTTPServer.Response.json("{}", status: 429, headers: [("Retry-After", "1000")]),
        .json(#"{"error":{"message":"m","details":[{"retryDelay":"1000s"}]}}"#, status: 429),
    ])
    func `a pause delays calls for the same task and model, and no others`(
        refusal: FakeHTTPServer.Response
    ) async throws {
        let server = try FakeHTTPServer { request in
            request.path == "/v1/things/slow" && request.body == Array(#"{"a":1}"#.utf8) ? refusal : .json("{}")
        }
        let connection = try connection(to: server, attempts: 1)
        for _ in 0..<2 {
            let error = await #expect(throws: ProviderError.self) {
                try await send(call(model: "slow"), on: connection)
            }
            #expect(error?.code == .rateLimited)
        }
        // The second was not sent, because the wait is longer than allowed.
        #expect(server.requests.count == 1)
        _ = try await send(call(model: "fast"), on: connection)
        _ = try await send(
            ProviderCall(
                .embedding, model: "slow", path: "things/{model}", json: ["a": 2], estimate: BilledUsage(input: 10)),
            on: connection)
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        FakeHTTPServer.Response.json(
            #"{"error":{"message":"Daily limit."}}"#, status: 429, headers: [("Retry-After", "36000")]),
        .json(#"{"error":{"message":"Daily limit.","details":[{"retryDelay":"36000s"}]}}"#, status: 429),
        .json(#"{"error":{"message":"Daily limit."}}"#, status: 503, headers: [("Retry-After", "36000")]),
    ])
    func `a pause of hours is not awaited, and the error says when it ends`(
        refusal: FakeHTTPServer.Response
    ) async throws {
        let server = try FakeHTTPServer { _ in refusal }
        let connection = try connection(to: server)
        let error = await #expect(throws: ProviderError.self) { try await send(call(), on: connection) }
        #expect(error?.code == .rateLimited)
        let message = error?.message ?? ""
        #expect(message.contains("Daily limit. It asks to wait 36000 s, until 20"), "\(message)")
        #expect(message.contains("longer than allowed"), "\(message)")
        #expect(server.requests.count == 1)
    }

    @Test func `a limit that is used up for hours fails the next call before it is sent`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(
                "{}",
                headers: [
                    ("x-ratelimit-limit-requests", "20"), ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "8h"),
                ])
        }
        let connection = try connection(to: server)
        _ = try await send(call(), on: connection)
        let error = await #expect(throws: ProviderError.self) { try await send(call(), on: connection) }
        #expect(error?.code == .rateLimited)
        #expect(error?.message.hasPrefix("acme/m accepts no such request for another 1") == true)
        #expect(error?.message.contains("its limit of 20 requests is used up") == true, "\(error?.message ?? "")")
        #expect(server.requests.count == 1)
        _ = try await send(call(model: "other"), on: connection)
    }

    @Test func `a wait for a limit or before a retry is reported at its start`() async throws {
        let server = try FakeHTTPServer { request in
            request.path.hasSuffix("busy")
                ? .json("{}", status: 429, headers: [("Retry-After", "600")])
                : .json(
                    "{}",
                    headers: [
                        ("x-ratelimit-limit-requests", "100"), ("x-ratelimit-remaining-requests", "0"),
                        ("x-ratelimit-reset-requests", "8h"),
                    ])
        }
        let (waits, continuation) = AsyncStream<RequestDelay>.makeStream()
        let provider = Provider("acme", at: "\(server.url)/v1", generation: .openAIChat)
        let connection = try ProviderConnection(provider, onWait: { continuation.yield($0) })
        _ = try await send(call(), on: connection)
        var iterator = waits.makeAsyncIterator()
        for (model, name, seconds, reason) in [
            ("m", "acme/m", 5...288, "its limit of 100 requests is used up"), ("busy", "acme", 600...600, "429 from"),
        ] {
            let task = Task { try await send(call(model: model), on: connection) }
            let wait = try #require(await iterator.next())
            task.cancel()
            #expect(wait.model == name && wait.reason.hasPrefix(reason), "\(wait)")
            #expect(seconds.contains(Int(wait.duration.components.seconds)), "\(wait)")
            await #expect(throws: (any Error).self) { try await task.value }
        }
        #expect(server.requests.count == 2)
    }

    @Test func `short waits before one request are reported when they add up`() async throws {
        let server = try FakeHTTPServer { _ in .json("{}", status: 429, headers: [("Retry-After", "2")]) }
        let (waits, continuation) = AsyncStream<RequestDelay>.makeStream()
        let provider = Provider("acme", at: "\(server.url)/v1", generation: .openAIChat)
        let connection = try ProviderConnection(provider, onWait: { continuation.yield($0) })
        let task = Task { try await send(call(), on: connection) }
        var iterator = waits.makeAsyncIterator()
        let wait = try #require(await iterator.next())
        task.cancel()
        #expect(wait.waited + wait.duration >= .seconds(5) && wait.duration == .seconds(2), "\(wait)")
        await #expect(throws: (any Error).self) { try await task.value }
    }

    @Test(arguments: [
        (429, #"{"error":{"message":"m","type":"insufficient_quota"}}"#, ProviderError.Code.quotaExhausted),
        (429, #"{"error":{"message":"Request too large: slow down."}}"#, .rateLimited),
        (404, #"{"error":{"message":"no model of this context length"}}"#, .notFound),
        (503, #"{"error":{"message":"the queue is too long"}}"#, .serverFailure),
        (400, #"{"error":{"message":"the prompt is too long"}}"#, .inputTooLong),
        (400, #"{"error":{"message":"max_tokens is too large: 9000"}}"#, .requestRefused),
    ])
    func `an error gets its code from its body and its status`(
        status: Int, body: String, code: ProviderError.Code
    ) async throws {
        let server = try FakeHTTPServer { _ in .json(body, status: status) }
        let error = await #expect(throws: ProviderError.self) {
            try await send(call(), on: connection(to: server, attempts: 1))
        }
        #expect(error?.code == code)
    }

    @Test(arguments: [
        (ModelTask.embedding, "Cut the documents into shorter chunks."), (.generation, "Retrieve fewer"),
        (.transcription, "Cut the recording into parts"), (.reranking, "fewer or shorter passages"),
    ])
    func `an input that is too long gets advice on how to shorten it`(task: ModelTask, advice: String) async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"error":{"message":"Payload too large"}}"#, status: 413) }
        let call = try ProviderCall(task, model: "m", path: "x", json: ["a": 1], estimate: BilledUsage(input: 1))
        let error = await #expect(throws: ProviderError.self) { try await send(call, on: connection(to: server)) }
        #expect(error?.code == .inputTooLong && error?.message.contains(advice) == true, "\(error?.message ?? "")")
    }

    @Test func `a server that is down is not called repeatedly`() async throws {
        let server = try FakeHTTPServer { _ in .json("{}", status: 500) }
        let connection = try connection(to: server, limits: RequestLimits(concurrency: 1), attempts: 1)
        var codes: [ProviderError.Code] = []
        for _ in 0..<8 {
            do {
                _ = try await send(call(), on: connection)
            } catch let error as ProviderError {
                codes.append(error.code)
            }
        }
        #expect(codes.prefix(5) == [.serverFailure, .serverFailure, .serverFailure, .serverFailure, .serverFailure])
        #expect(codes.suffix(3) == [.unavailable, .unavailable, .unavailable])
        #expect(server.requests.count == 5)
    }

    @Test func `an accepted call is booked even if its reply is unreadable`() async throws {
        struct Unreadable: Error {}
        let server = try FakeHTTPServer { _ in .json("{}") }
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 25))
        let connection = try connection(to: server, ledger: ledger)
        await #expect(throws: Unreadable.self) {
            try await connection.send(call()) { _ -> (Int, BilledUsage?) in throw Unreadable() }
        }
        #expect(ledger.spending.tokens == 10)
        #expect(ledger.spending.entries.map(\.isEstimated) == [true])
        _ = try await send(call(), on: connection)
        let error = await #expect(throws: ProviderError.self) { try await send(call(), on: connection) }
        #expect(error?.code == .budgetExceeded)
        #expect(server.requests.count == 2)
    }

    @Test func `local only rejects a remote provider, and a redirect to one`() async throws {
        let elsewhere = Provider("acme", at: "https://api.example.com/v1", generation: .openAIChat)
        var options = ConnectionOptions()
        options.isLocalOnly = true
        let error = #expect(throws: ProviderError.self) { try ProviderConnection(elsewhere, options: options) }
        #expect(error?.code == .refusedHost)

        let server = try FakeHTTPServer { _ in
            .text("", status: 307, headers: [("Location", "http://192.0.2.1/v1/things")])
        }
        let redirected = try connection(to: server, localOnly: true)
        let second = await #expect(throws: ProviderError.self) { try await send(call(), on: redirected) }
        #expect(second?.code == .refusedHost || second?.code == .requestRefused)
        #expect(server.requests.count == 1)
    }

    private func connection(
        through proxy: String, trace: (@Sendable (String) -> Void)? = nil
    ) throws -> ProviderConnection {
        var options = ConnectionOptions()
        options.proxy = .url(proxy)
        options.maximumAttempts = 3
        return try ProviderConnection(
            Provider("acme", at: "http://quarry.invalid/v1", generation: .openAIChat), options: options, trace: trace)
    }

    @Test func `only the proxy gets the credentials of its address`() async throws {
        let proxy = try FakeHTTPServer { _ in .json("{}") }
        let lines = Mutex<[String]>([])
        let address = "http://ilves:p%40ss%2Fword-77@127.0.0.1:\(proxy.port)"
        let connection = try connection(through: address) { line in lines.withLock { $0.append(line) } }
        _ = try await send(call(), on: connection)
        let request = try #require(proxy.requests.first)
        #expect(request.path == "http://quarry.invalid/v1/things/m")
        // ilves:p@ss/word-77
        #expect(request.headers["proxy-authorization"] == "Basic aWx2ZXM6cEBzcy93b3JkLTc3")
        var dumped = ""
        dump(connection.options, to: &dumped)
        let shown = lines.withLock { $0 }
        #expect(!shown.isEmpty)
        for text in shown + [dumped, "\(connection.options)", String(reflecting: connection.options)] {
            #expect(!text.contains("word-77") && !text.contains("aWx2ZXM6"), "\(text)")
        }
        #expect(ConnectionOptions.Proxy.url(address).description == "http://<redacted>@127.0.0.1:\(proxy.port)")
    }

    @Test func `the error of a proxy that requires credentials says where to put them, and shows none`() async throws {
        let proxy = try FakeHTTPServer { request in
            .json(
                #"{"error":{"message":"\#(request.headers["proxy-authorization"].map { "not p@ss/word-77, \($0)" } ?? "Who?")"}}"#,
                status: 407, headers: [("Proxy-Authenticate", "Basic realm=\"q\"")])
        }
        for user in ["", "ilves:p%40ss%2Fword-77@"] {
            let before = proxy.requests.count
            let error = await #expect(throws: ProviderError.self) {
                try await send(call(), on: connection(through: "http://\(user)127.0.0.1:\(proxy.port)"))
            }
            #expect(error?.code == .proxyUnauthorized)
            let message = error?.message ?? ""
            #expect(message.contains("status 407") && message.contains("http://USER:PASSWORD@HOST:PORT"), "\(message)")
            for word in ["API key", "word-77", "aWx2ZXM6"] { #expect(!message.contains(word), "\(message)") }
            #expect(proxy.requests.count == before + 1)
        }
    }

    @Test(arguments: [
        "http://ilves:hidden/7@proxy.example:1", "ilves:hidden@proxy.example", "http://ilves:hidden@",
        "ftp://ilves:hidden@h",
    ])
    func `an unusable proxy address is shown without its credentials`(address: String) {
        let error = #expect(throws: ProviderError.self) { try connection(through: address) }
        #expect(error?.code == .invalidConfiguration)
        let message = error?.message ?? ""
        #expect(message.contains("The proxy “") && !message.contains("hidden"), "\(message)")
    }

    @Test func `a provider without a base URL or a required key is rejected`() throws {
        let azure = try #require(Provider.preset("azure"))
        #expect { try ProviderConnection(azure, key: APIKey("k")) } throws: {
            guard let error = $0 as? ProviderError else { return false }
            return error.code == .missingBaseURL && error.message.contains("azure has no base URL")
        }
        let openAI = try #require(Provider.preset("openai"))
        #expect { try ProviderConnection(openAI) } throws: {
            guard let error = $0 as? ProviderError else { return false }
            return error.code == .missingKey && error.message == "openai needs an API key (OPENAI_API_KEY)."
        }
    }
}
