import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import QuarryTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(30))) struct RemoteLanguageModelTests {
    private let request = DialectExample.request
    private let key = "sk-test-key"

    private func connection(
        _ server: FakeHTTPServer, _ dialect: GenerationDialect = .openAIChat, attempts: Int = 1,
        catalog: ModelCatalog = .builtIn, ledger: SpendingLedger = .init(),
        _ change: (inout Provider) -> Void = { _ in }
    ) throws -> ProviderConnection {
        var provider = Provider("test", at: server.url, generation: dialect)
        change(&provider)
        var options = ConnectionOptions()
        options.maximumAttempts = attempts
        return try ProviderConnection(
            provider, key: APIKey(key), options: options, catalog: catalog, ledger: ledger)
    }

    private func model(
        _ server: FakeHTTPServer, _ dialect: GenerationDialect = .openAIChat, attempts: Int = 1
    ) throws -> RemoteLanguageModel {
        try RemoteLanguageModel("m", on: connection(server, dialect, attempts: attempts))
    }

    private func events(
        _ model: some LanguageModel, _ request: GenerationRequest = DialectExample.request
    ) async throws -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        for try await event in model.generate(request) { events.append(event) }
        return events
    }

    private func chunk(_ text: String, finish: String = "null") -> String {
        #"{"choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":\#(finish)}]}"#
    }

    @Test(arguments: DialectExample.all)
    func `every dialect conforms`(example: DialectExample) async throws {
        let server = try example.server { _ in example.response }
        try await verifyLanguageModel(model(server, example.dialect))
    }

    @Test(arguments: DialectExample.all)
    func `every dialect is read as a stream and in one piece`(example: DialectExample) async throws {
        let count = Mutex(0)
        let server = try example.server { _ in
            count.withLock { count in
                count += 1
                return count == 1 ? example.response : .json(example.whole)
            }
        }
        let model = try model(server, example.dialect)
        let end = GenerationEvent.finished(example.reason, example.usage)
        #expect(try await events(model) == DialectExample.text.map { .text($0) } + [end])
        let whole = try await events(model)
        #expect(whole.last == end)
        let texts = whole.compactMap { if case .text(let text) = $0 { text } else { nil } }
        #expect(texts.joined() == DialectExample.text.joined())
    }

    @Test func `a model that rejects the temperature is called without it from then on`() async throws {
        let refusal = FakeHTTPServer.Response.json(
            #"{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model.","code":"unsupported_value"}}"#,
            status: 400)
        let server = try FakeHTTPServer { request in
            String(decoding: request.body, as: UTF8.self).contains("temperature")
                ? refusal : DialectExample.openAIChat.response
        }
        let model = try model(server)
        for _ in 0..<2 { #expect(try await events(model).count == 4) }
        #expect(server.requests.count == 3)
        let stubborn = try FakeHTTPServer { _ in refusal }
        await #expect(throws: ProviderError.self) { try await events(self.model(stubborn)) }
        #expect(stubborn.requests.count == 2)
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"Unrecognized field: stream_options"}}"#),
        (422, #"{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#),
        (500, #"{"error":{"message":"stream_options is not supported by this backend"}}"#), (400, ""),
    ])
    func `a server that cannot report usage is not asked for it again`(status: Int, body: String) async throws {
        let server = try FakeHTTPServer { request in
            String(decoding: request.body, as: UTF8.self).contains("stream_options")
                ? .json(body, status: status) : DialectExample.openAIChat.response
        }
        let model = try model(server)
        for _ in 0..<2 { #expect(try await events(model).count == 4) }
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"The system role is not supported by this model"}}"#),
        (500, #"{"error":{"message":"Only user and assistant roles are supported!"}}"#), (422, "{}"),
    ])
    func `a model without a system role gets the instructions with the question`(
        status: Int, body: String
    ) async throws {
        let server = try FakeHTTPServer { request in
            String(decoding: request.body, as: UTF8.self).contains(#""system""#)
                ? .json(body, status: status) : DialectExample.openAIChat.response
        }
        let model = try RemoteLanguageModel("m", on: connection(server))
        let request = GenerationRequest(messages: [Message(.system, "Be brief."), Message(.user, "Who signs?")])
        for _ in 0..<2 {
            for try await _ in model.generate(request) {}
        }
        let last = try #require(server.requests.last)
        #expect(String(decoding: last.body, as: UTF8.self).contains(#"Be brief.\n\nWho signs?"#))
        #expect(server.requests.count(where: { !String(decoding: $0.body, as: UTF8.self).contains(#""system""#) }) == 2)
    }

    @Test func `a refusal without a reason is returned if no option was its cause`() async throws {
        let server = try FakeHTTPServer { _ in .json("", status: 400) }
        let error = await #expect(throws: ProviderError.self) { try await events(model(server)) }
        #expect(error?.code == .requestRefused && server.requests.count == 3)
    }

    @Test func `a temperature out of range is an error after one request`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"temperature must be between 0 and 1"}}"#, status: 400)
        }
        let error = await #expect(throws: ProviderError.self) { try await events(model(server)) }
        #expect(error?.code == .requestRefused)
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        ("max_completion_tokens", "Unrecognized request argument supplied: max_completion_tokens"),
        (
            "max_tokens",
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        ),
    ])
    func `a model with the other name of the length limit is called with it from then on`(
        field: String, message: String
    ) async throws {
        let server = try FakeHTTPServer { request in
            String(decoding: request.body, as: UTF8.self).contains("\"\(field)\"")
                ? .json(#"{"error":{"message":"\#(message)"}}"#, status: 400) : DialectExample.openAIChat.response
        }
        let connection = try connection(server) { $0.chat.tokenLimitField = field }
        let model = try RemoteLanguageModel("m", on: connection)
        for _ in 0..<2 { #expect(try await events(model).count == 4) }
        #expect(server.requests.count == 3)
        let stubborn = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"max_tokens and max_completion_tokens are not supported"}}"#, status: 400)
        }
        await #expect(throws: ProviderError.self) { try await events(self.model(stubborn)) }
        #expect(stubborn.requests.count == 2)
        let range = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"max_tokens is too large: 40. At most 4 are allowed."}}"#, status: 400)
        }
        let error = await #expect(throws: ProviderError.self) { try await events(self.model(range)) }
        #expect(error?.code == .requestRefused)
        #expect(range.requests.count == 1)
    }

    @Test(arguments: ["far", "big:120b-cloud"])
    func `a model that Ollama forwards is not free, and is rejected if only this machine is allowed`(
        name: String
    ) async throws {
        let tags =
            #"{"models":[{"name":"far:latest","remote_model":"far","remote_host":"https://ollama.com:443"},{"name":"near:latest"}]}"#
        let server = try FakeHTTPServer { request in
            request.path == "/api/tags" ? .json(tags) : DialectExample.ollama.response
        }
        let ledger = SpendingLedger()
        let model = try RemoteLanguageModel(name, on: connection(server, .ollama, ledger: ledger))
        for _ in 0..<2 { _ = try await events(model) }
        #expect(ledger.spending.tokens == 30 && ledger.spending.cost == nil)
        #expect(server.requests.map(\.path) == ["/api/tags", "/api/chat", "/api/chat"])
        var options = ConnectionOptions()
        options.isLocalOnly = true
        let local = try ProviderConnection(
            Provider("ollama", at: server.url, generation: .ollama), options: options)
        let error = await #expect(throws: ProviderError.self) {
            try await events(RemoteLanguageModel(name, on: local))
        }
        #expect(error?.code == .refusedHost)
        #expect(error?.message.contains("ollama.com") == true, "\(error?.message ?? "")")
        #expect(server.posts.count == 2)
        _ = try await events(RemoteLanguageModel("near", on: local))
        #expect(local.ledger.spending.cost == 0)
    }

    @Test func `Gemini's names are accepted with and without their folder`() async throws {
        let server = try FakeHTTPServer { _ in DialectExample.gemini.response }
        for name in ["models/m", "m"] {
            let model = try RemoteLanguageModel(name, on: connection(server, .gemini))
            #expect(model.name == "m")
            _ = try await events(model)
        }
        #expect(Set(server.requests.map(\.path)) == ["/models/m:streamGenerateContent?alt=sse"])
    }

    @Test func `every dialect uses its own path`() async throws {
        let paths: [GenerationDialect: String] = [
            .openAIChat: "/chat/completions", .openAIResponses: "/responses", .anthropic: "/v1/messages",
            .gemini: "/models/m:streamGenerateContent?alt=sse", .cohere: "/v2/chat", .ollama: "/api/chat",
            .kserve: "/v2/models/m/generate_stream",
        ]
        for example in DialectExample.all {
            let server = try example.server { _ in example.response }
            _ = try await events(model(server, example.dialect))
            let sent = try #require(server.posts.first)
            #expect(sent.method == "POST")
            #expect(sent.path == paths[example.dialect])
            #expect(sent.headers["authorization"] == "Bearer " + key)
            #expect(sent.headers["content-type"] == "application/json")
            #expect(sent.headers["anthropic-version"] == (example.dialect == .anthropic ? "2026-10-21" : nil))
        }
    }

    @Test(arguments: DialectExample.all)
    func `a lost connection interrupts the reply`(example: DialectExample) async throws {
        let bytes = Array(example.stream.utf8)
        let type = example.format.framing == .lines ? "application/x-ndjson" : "text/event-stream"
        // Up to the end of the second text: some text was passed on, the rest is missing.
        let mark = Array("🍏".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: mark) })
        let server = try example.server { _ in
            .init(headers: [("Content-Type", type)], steps: [.bytes(Array(bytes[..<place])), .hangUp])
        }
        var received: [GenerationEvent] = []
        let error = await #expect(throws: ProviderError.self) {
            for try await event in try model(server, example.dialect).generate(request) { received.append(event) }
        }
        #expect(error?.code == .interruptedReply)
        #expect(received == [.text(DialectExample.text[0])])
    }

    @Test(arguments: [
        (401, ProviderError.Code.unauthorized), (404, .notFound), (429, .rateLimited), (400, .requestRefused),
        (500, .serverFailure), (413, .inputTooLong), (504, .timedOut), (529, .serverFailure),
    ])
    func `statuses become errors with the server's message, and never with the key`(
        status: Int, code: ProviderError.Code
    ) async throws {
        let bodies = [
            #"{"error":{"message":"because of sk-test-key","type":"t","code":null}}"#,
            #"{"type":"error","error":{"type":"t","message":"because of sk-test-key"},"request_id":null}"#,
            #"{"error":{"code":400,"message":"because of sk-test-key","status":"INVALID_ARGUMENT"}}"#,
            #"{"id":"1","message":"because of sk-test-key"}"#, #"{"error":"because of sk-test-key"}"#,
            #"{"detail":"because of sk-test-key"}"#,
        ]
        for body in bodies {
            let server = try FakeHTTPServer { _ in .json(body, status: status) }
            let error = await #expect(throws: ProviderError.self) { try await events(model(server)) }
            #expect(error?.code == code)
            #expect(
                error?.message.contains("status \(status): because of <redacted>") == true, "\(error?.message ?? "")")
            var dumped = ""
            dump(error, to: &dumped)
            #expect(!dumped.contains(key))
        }
    }

    @Test(arguments: DialectExample.all)
    func `a key repeated in an error of the stream is not shown`(example: DialectExample) async throws {
        let broken = example.errors[0].replacing("the GPU is gone", with: "bad key sk-test-key")
        let type = example.format.framing == .lines ? "application/x-ndjson" : "text/event-stream"
        let server = try example.server { _ in .text(broken, type: type) }
        let error = await #expect(throws: ProviderError.self) { try await events(model(server, example.dialect)) }
        #expect(error?.message.contains("bad key <redacted>") == true, "\(error?.message ?? "")")
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains(key))
    }

    @Test(arguments: [
        #"{"error":{"code":"content_filter","message":"m","inner_error":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        #"{"error":{"code":"400","message":"m","innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
    ])
    func `a prompt rejected by a filter is reported as filtered`(body: String) async throws {
        let server = try FakeHTTPServer { _ in .json(body, status: 400) }
        let error = await #expect(throws: ProviderError.self) { try await events(model(server)) }
        #expect(error?.code == .contentFiltered)
    }

    @Test func `a prompt that is too long is reported as such and not sent again`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(
                #"{"error":{"code":500,"message":"the request exceeds the available context size","type":"server_error"}}"#,
                status: 500)
        }
        let error = await #expect(throws: ProviderError.self) { try await events(model(server, attempts: 3)) }
        #expect(error?.code == .inputTooLong)
        #expect(server.requests.count == 1)
    }

    @Test func `a request is retried if the server is loading, but not without quota`() async throws {
        let server = try FakeHTTPServer(replies: [
            .json(
                #"{"error":{"code":503,"message":"Loading model"}}"#, status: 503, headers: [("retry-after-ms", "1")]),
            .events([chunk("x", finish: "\"stop\"")]),
        ])
        #expect(try await events(model(server, attempts: 2)).first == .text("x"))
        let empty = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"Pay first.","code":"insufficient_quota"}}"#, status: 429)
        }
        let error = await #expect(throws: ProviderError.self) { try await events(model(empty, attempts: 3)) }
        #expect(error?.code == .quotaExhausted)
        #expect(empty.requests.count == 1)
    }

    @Test func `a reader that stops reading closes the connection`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .init(
                headers: [("Content-Type", "text/event-stream")],
                steps: [.bytes(Array("data: \(chunk("x"))\n\n".utf8)), .pause(.seconds(600))])
        }
        let model = try model(server)
        for try await event in model.generate(request) {
            #expect(event == .text("x"))
            break
        }
        let task = Task { for try await _ in model.generate(request) {} }
        while server.requests.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        _ = await task.result
        for _ in 0..<1500 where server.abandonedCount < 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(server.abandonedCount == 2)
    }

    @Test func `data after the end of a reply is not awaited`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .init(
                headers: [("Content-Type", "text/event-stream")],
                steps: [
                    .bytes(Array("data: \(chunk("x", finish: "\"stop\""))\n\ndata: [DONE]\n\n".utf8)),
                    .pause(.seconds(600)),
                ])
        }
        #expect(try await events(model(server)) == [.text("x"), .finished(.stop, nil)])
    }

    @Test func `usage is recorded`() async throws {
        for example in DialectExample.all {
            let server = try example.server { _ in example.response }
            let ledger = SpendingLedger()
            let model = try RemoteLanguageModel("m", on: connection(server, example.dialect, ledger: ledger))
            _ = try await events(model)
            let entry = try #require(ledger.spending.entries.first)
            #expect(entry.model == "test/m" && entry.requests == 1)
            #expect(entry.isEstimated == (example.billed == nil))
            #expect(entry.usage == example.billed ?? RemoteLanguageModel.estimate(of: request))
        }
    }

    @Test func `an interrupted reply is recorded by estimate, a rejected request is not`() async throws {
        let ledger = SpendingLedger()
        let server = try FakeHTTPServer(replies: [
            .events([chunk("x")], ending: nil), .json(#"{"error":"no"}"#, status: 400), .events([], ending: nil),
        ])
        let model = try RemoteLanguageModel("m", on: connection(server, ledger: ledger))
        for _ in 0..<3 { await #expect(throws: ProviderError.self) { try await events(model) } }
        #expect(server.requests.count == 3)
        let entry = try #require(ledger.spending.entries.first)
        let estimate = RemoteLanguageModel.estimate(of: request)
        #expect(entry.requests == 2 && entry.isEstimated)
        #expect(entry.usage == estimate + estimate)
    }

    @Test(arguments: [
        (
            GenerationDialect.openAIResponses,
            "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"message\":\"m\"},\"usage\":"
                + "{\"input_tokens\":9,\"input_tokens_details\":{\"cached_tokens\":4,\"cache_write_tokens\":3},\"output_tokens\":1}}}\n\n",
            BilledUsage(input: 2, cachedInput: 4, cacheWrite: 3, output: 1)
        ),
        (
            .gemini,
            "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":7}}\n\n",
            BilledUsage(input: 7)
        ),
    ])
    func `a failed reply is recorded with its reported usage`(
        dialect: GenerationDialect, stream: String, usage: BilledUsage
    ) async throws {
        let whole = String(stream.dropFirst("data: ".count))
        let object =
            dialect == .gemini ? whole : String(whole.dropFirst(#"{"type":"response.failed","response":"#.count))
        let bodies = [
            FakeHTTPServer.Response.text(stream, type: "text/event-stream"),
            .json(dialect == .gemini ? object : String(object.trimmingCharacters(in: .newlines).dropLast())),
        ]
        for body in bodies {
            let server = try FakeHTTPServer { _ in body }
            let ledger = SpendingLedger()
            let model = try RemoteLanguageModel("m", on: connection(server, dialect, ledger: ledger))
            await #expect(throws: ProviderError.self) { try await events(model) }
            let entry = try #require(ledger.spending.entries.first)
            #expect(entry.usage == usage && !entry.isEstimated)
        }
    }

    @Test func `a marked prefix is reserved at the price of writing it into the cache`() async throws {
        let marked = RemoteLanguageModel.estimate(of: request, marksPrefix: true)
        let plain = RemoteLanguageModel.estimate(of: request)
        #expect(marked.cacheWrite == TokenEstimate.tokens(in: "Answer shortly."))
        #expect(marked.tokens == plain.tokens && plain.cacheWrite == 0)
        let ledger = SpendingLedger()
        let server = try FakeHTTPServer { _ in .events([], ending: nil) }
        let model = try RemoteLanguageModel("m", on: connection(server, .anthropic, ledger: ledger))
        await #expect(throws: ProviderError.self) { try await events(model) }
        #expect(ledger.spending.entries.first?.usage == marked)
    }

    @Test func `a budget stops a request before it is sent`() async throws {
        let server = try FakeHTTPServer { _ in DialectExample.openAIChat.response }
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 50))
        let model = try RemoteLanguageModel("m", on: connection(server, ledger: ledger))
        let error = await #expect(throws: ProviderError.self) { try await events(model) }
        #expect(error?.code == .budgetExceeded)
        #expect(server.requests.isEmpty)
    }

    @Test func `a model of Triton without streaming is asked for a whole reply`() async throws {
        let refusals: [FakeHTTPServer.Response] = [
            .json(#"{"error":"stream is only supported for decoupled models"}"#, status: 400),
            .events([#"{"error":"generate_stream expects a decoupled model"}"#], ending: nil),
            .json(#"{"error":"not found"}"#, status: 404),
        ]
        for refusal in refusals {
            let server = try FakeHTTPServer { request in
                request.path.hasSuffix("generate_stream") ? refusal : .json(DialectExample.kserve.whole)
            }
            #expect(
                try await events(model(server, .kserve)) == [
                    .text(DialectExample.text.joined()), .finished(.other("unspecified"), nil),
                ])
            #expect(server.requests.map(\.path) == ["/v2/models/m/generate_stream", "/v2/models/m/generate"])
            let body = String(decoding: try #require(server.requests.last).body, as: UTF8.self)
            #expect(body.contains(#""stream":false"#))
        }
        let other = try FakeHTTPServer { _ in .json(#"{"error":"out of memory"}"#, status: 400) }
        await #expect(throws: ProviderError.self) { try await events(model(other, .kserve)) }
        #expect(other.requests.count == 1)
    }

    @Test func `a model is found by asking the server`() async throws {
        let server = try FakeHTTPServer { [self] request in
            request.path == "/v1/models"
                ? .json(#"{"object":"list","data":[{"id":"first","object":"model"},{"id":"second"}]}"#)
                : .events([chunk("x", finish: "\"stop\"")])
        }
        let found = try await RemoteLanguageModel.discovered(on: connection(server) { $0.baseURL += "/v1/" })
        #expect(found.name == "first")
        #expect(server.requests.first?.headers["authorization"] == "Bearer " + key)
        _ = try await events(found)
        let body = String(decoding: try #require(server.requests.last).body, as: UTF8.self)
        #expect(body.contains(#""model":"first""#))
        let empty = try FakeHTTPServer { _ in .json(#"{"object":"list","data":[]}"#) }
        let error = await #expect(throws: ProviderError.self) {
            try await RemoteLanguageModel.discovered(on: connection(empty))
        }
        #expect(error?.code == .notFound)
        await #expect(throws: ProviderError.self) {
            try await RemoteLanguageModel.discovered(on: connection(server, .anthropic))
        }
    }

    @Test func `invalid settings are rejected immediately`() async throws {
        let server = try FakeHTTPServer { _ in DialectExample.openAIChat.response }
        let card = ModelCard(
            provider: "test", name: "old", tasks: [.generation], dataLeavesMachine: true,
            retirement: .init(date: "2026-01-01", successor: "new"), asOf: "2026-11-21")
        let connection = try connection(server, catalog: ModelCatalog([card]))
        let retired = #expect(throws: ProviderError.self) { try RemoteLanguageModel("old", on: connection) }
        #expect(retired?.code == .retiredModel)
        #expect(retired?.message.contains("test/new") == true)
        #expect(throws: ProviderError.self) { try RemoteLanguageModel("", on: connection) }
        let mute = try ProviderConnection(Provider("mute", at: server.url, embedding: .openAI))
        let silent = #expect(throws: ProviderError.self) { try RemoteLanguageModel("m", on: mute) }
        #expect(silent?.code == .invalidConfiguration)
        let model = try RemoteLanguageModel("m", on: connection)
        let picture = Message.Image(mediaType: "image/png", bytes: [1])
        let wrong = [
            GenerationRequest(messages: []), GenerationRequest(messages: [Message(.system, "s")]),
            GenerationRequest(messages: [Message(.user, "u")], maximumTokens: 0),
            GenerationRequest(messages: [Message(.system, "s", images: [picture]), Message(.user, "u")]),
        ]
        for request in wrong {
            let error = await #expect(throws: ProviderError.self) { try await events(model, request) }
            #expect(error?.code == .invalidInput)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `an unreachable server is an error with its address`() async throws {
        var options = ConnectionOptions()
        options.maximumAttempts = 1
        let connection = try ProviderConnection(.openAICompatible(at: "http://127.0.0.1:1/v1"), options: options)
        let error = await #expect(throws: ProviderError.self) {
            try await events(RemoteLanguageModel("m", on: connection))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func `identities differ where models do`() throws {
        let here = try ProviderConnection(.openAICompatible(at: "http://127.0.0.1:1/v1"))
        let there = try ProviderConnection(.openAICompatible(at: "http://127.0.0.1:2/v1"))
        let identities = try [
            RemoteLanguageModel("a", on: here), RemoteLanguageModel("b", on: here), RemoteLanguageModel("a", on: there),
        ].map(\.identity)
        #expect(Set(identities).count == 3)
    }
}
