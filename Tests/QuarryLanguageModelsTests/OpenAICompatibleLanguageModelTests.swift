import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct OpenAICompatibleLanguageModelTests {
    private let request = GenerationRequest(
        messages: [Message(.system, "Answer shortly."), Message(.user, "Что растёт?")], maximumTokens: 40,
        stop: ["\n"], seed: 7)

    private func chunk(_ text: String? = nil, finish: String? = nil) -> String {
        let content = text.map { "\"content\":\"\($0)\"" } ?? ""
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"#
            + content + #"},"finish_reason":"# + reason + "}]}"
    }

    private let usageChunk =
        #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":"#
        + #"{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13}}"#

    private func model(
        _ server: FakeHTTPServer, key: String? = nil,
        _ change: (inout OpenAICompatibleLanguageModel.Options) -> Void = { _ in }
    ) throws -> OpenAICompatibleLanguageModel {
        var options = OpenAICompatibleLanguageModel.Options()
        options.maximumAttempts = 1
        change(&options)
        return try OpenAICompatibleLanguageModel(
            baseURL: server.url + "/v1", model: "m", apiKey: key, options: options)
    }

    private func events(_ model: OpenAICompatibleLanguageModel) async throws -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        for try await event in model.generate(request) { events.append(event) }
        return events
    }

    @Test func `a streamed reply comes piece by piece, with its usage at the end`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .events([chunk(""), chunk("Ябло"), chunk("ки"), chunk(finish: "stop"), usageChunk])
        }
        #expect(
            try await events(model(server))
                == [.text("Ябло"), .text("ки"), .finished(.stop, TokenUsage(input: 11, output: 2))])
    }

    @Test func `the request is what the interface describes`() async throws {
        let server = try FakeHTTPServer { [self] _ in .events([chunk("x", finish: "stop")]) }
        _ = try await events(model(server, key: "sk-test-key"))
        let sent = try #require(server.requests.first)
        #expect(sent.method == "POST")
        #expect(sent.path == "/v1/chat/completions")
        #expect(sent.headers["authorization"] == "Bearer sk-test-key")
        #expect(sent.headers["content-type"] == "application/json")
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == #"{"max_tokens":40,"messages":[{"content":"Answer shortly.","role":"system"},"#
                + #"{"content":"Что растёт?","role":"user"}],"model":"m","seed":7,"stop":["\n"],"stream":true,"#
                + #""stream_options":{"include_usage":true},"temperature":0}"#)
    }

    @Test func `options change the request`() async throws {
        let server = try FakeHTTPServer { [self] _ in .events([chunk("x", finish: "stop")]) }
        let model = try model(server, key: "sk-test-key") {
            $0.tokenLimitField = .maxCompletionTokens
            $0.sendsTemperature = false
            $0.asksForUsage = false
            $0.keyHeader = "api-key"
            $0.headers = ["X-Project": "p"]
        }
        _ = try await events(model)
        let sent = try #require(server.requests.first)
        let body = String(decoding: sent.body, as: UTF8.self)
        #expect(body.contains(#""max_completion_tokens":40"#))
        for absent in ["max_tokens", "temperature", "stream_options"] { #expect(!body.contains(absent)) }
        #expect(sent.headers["api-key"] == "sk-test-key")
        #expect(sent.headers["authorization"] == nil)
        #expect(sent.headers["x-project"] == "p")
    }

    @Test func `a whole reply to a request for a stream is accepted`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(
                #"{"choices":[{"index":0,"finish_reason":"length","message":{"role":"assistant","content":"Яблоки"}}],"#
                    + #""usage":{"prompt_tokens":3,"completion_tokens":1}}"#)
        }
        #expect(
            try await events(model(server)) == [.text("Яблоки"), .finished(.length, TokenUsage(input: 3, output: 1))])
    }

    @Test func `bytes may be cut anywhere`() async throws {
        let whole = Array(
            "data: \(chunk("Ябло🍏"))\r\n\r\ndata: \(chunk(finish: "stop"))\r\n\r\ndata: [DONE]\r\n\r\n".utf8)
        let server = try FakeHTTPServer { _ in
            .init(headers: [("Content-Type", "text/event-stream; charset=utf-8")], steps: whole.map { .bytes([$0]) })
        }
        #expect(try await events(model(server)) == [.text("Ябло🍏"), .finished(.stop, nil)])
    }

    @Test(arguments: [
        ("stop", FinishReason.stop), ("length", .length), ("content_filter", .contentFilter),
        ("tool_calls", .other("tool_calls")),
    ])
    func `finish reasons are translated`(name: String, reason: FinishReason) async throws {
        let server = try FakeHTTPServer { [self] _ in .events([chunk("x", finish: name)]) }
        #expect(try await events(model(server)).last == .finished(reason, nil))
    }

    @Test func `a refusal is text that was withheld`() async throws {
        let server = try FakeHTTPServer { _ in
            .events([#"{"choices":[{"index":0,"delta":{"refusal":"I cannot."},"finish_reason":"stop"}]}"#])
        }
        #expect(try await events(model(server)) == [.text("I cannot."), .finished(.contentFilter, nil)])
    }

    @Test func `other choices and reasoning are left out`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .events([
                #"{"choices":[{"index":1,"delta":{"content":"no"},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}"#,
                chunk("yes", finish: "stop"),
            ])
        }
        #expect(try await events(model(server)) == [.text("yes"), .finished(.stop, nil)])
    }

    @Test func `the connection's end is enough where the reason came before`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .events([chunk("x"), chunk(finish: "stop")], ending: nil)
        }
        #expect(try await events(model(server)) == [.text("x"), .finished(.stop, nil)])
    }

    @Test func `a reply that breaks off is an error`() async throws {
        let polite = try FakeHTTPServer { [self] _ in .events([chunk("x")], ending: nil) }
        let rude = try FakeHTTPServer { [self] _ in
            .init(
                headers: [("Content-Type", "text/event-stream")],
                steps: [.bytes(Array("data: \(chunk("x"))\n\n".utf8)), .hangUp])
        }
        for server in [polite, rude] {
            var received: [GenerationEvent] = []
            let error = await #expect(throws: LanguageModelError.self) {
                for try await event in try model(server).generate(request) { received.append(event) }
            }
            #expect(error?.code == .interrupted)
            #expect(received == [.text("x")])
        }
    }

    @Test(arguments: [
        #"data: {"error":{"message":"the GPU is gone","code":500}}"#,
        "event: error\ndata: {\"error\":{\"message\":\"the GPU is gone\"}}",
        "event: error\ndata: {\"message\":\"the GPU is gone\"}",
    ])
    func `an error inside the stream is an error`(event: String) async throws {
        let server = try FakeHTTPServer { [self] _ in
            .text("data: \(chunk("x"))\n\n\(event)\n\n", type: "text/event-stream")
        }
        let error = await #expect(throws: LanguageModelError.self) { try await events(model(server)) }
        #expect(error?.code == .serverFailure)
        #expect(error?.message.hasSuffix("broke off the reply: the GPU is gone") == true)
    }

    @Test func `something else than a model is recognised`() async throws {
        for response in [
            FakeHTTPServer.Response.text("<html>Welcome</html>", type: "text/html"), .json("{}"), .json("[1]"),
            .text("data: not json\n\n", type: "text/event-stream"), .text(""),
        ] {
            let server = try FakeHTTPServer(replies: [response])
            let error = await #expect(throws: LanguageModelError.self) { try await events(model(server)) }
            #expect(error?.code == .malformedReply)
        }
    }

    @Test(arguments: [
        (401, LanguageModelError.Code.unauthorized), (404, .notFound), (429, .rateLimited), (400, .requestRefused),
        (500, .serverFailure), (413, .contextTooLong), (504, .timedOut),
    ])
    func `statuses become errors with the server's words`(status: Int, code: LanguageModelError.Code) async throws {
        let server = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"because of sk-test-key","type":"t","code":null}}"#, status: status)
        }
        let error = await #expect(throws: LanguageModelError.self) {
            try await events(model(server, key: "sk-test-key"))
        }
        #expect(error?.code == code)
        #expect(error?.message.contains("status \(status): because of <redacted>.") == true, "\(error?.message ?? "")")
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains("sk-test-key"))
    }

    @Test func `a prompt that is too long is named so, and not sent again`() async throws {
        let server = try FakeHTTPServer { _ in
            .json(
                #"{"error":{"code":500,"message":"the request exceeds the available context size","type":"server_error"}}"#,
                status: 500)
        }
        let error = await #expect(throws: LanguageModelError.self) {
            try await events(model(server) { $0.maximumAttempts = 3 })
        }
        #expect(error?.code == .contextTooLong)
        #expect(server.requests.count == 1)
    }

    @Test func `a server that is still loading is asked again, one without quota is not`() async throws {
        let loading = try FakeHTTPServer(replies: [
            .json(#"{"error":{"code":503,"message":"Loading model"}}"#, status: 503, headers: [("Retry-After", "0")]),
            .events([chunk("x", finish: "stop")]),
        ])
        #expect(try await events(model(loading) { $0.maximumAttempts = 2 }).first == .text("x"))
        let empty = try FakeHTTPServer { _ in
            .json(#"{"error":{"message":"Pay first.","code":"insufficient_quota"}}"#, status: 429)
        }
        let error = await #expect(throws: LanguageModelError.self) {
            try await events(model(empty) { $0.maximumAttempts = 3 })
        }
        #expect(error?.code == .rateLimited)
        #expect(empty.requests.count == 1)
    }

    @Test func `a reader that stops reading closes the connection`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .init(
                headers: [("Content-Type", "text/event-stream")],
                steps: [.bytes(Array("data: \(chunk("x"))\n\n".utf8)), .pause(.seconds(30))])
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

    @Test func `a model is found by asking the server`() async throws {
        let server = try FakeHTTPServer { [self] request in
            request.path == "/v1/models"
                ? .json(#"{"object":"list","data":[{"id":"first","object":"model"},{"id":"second"}]}"#)
                : .events([chunk("x", finish: "stop")])
        }
        let model = try await OpenAICompatibleLanguageModel.discovered(at: server.url + "/v1/", apiKey: "sk-test-key")
        #expect(model.name == "first")
        #expect(server.requests.first?.headers["authorization"] == "Bearer sk-test-key")
        _ = try await events(model)
        let body = String(decoding: try #require(server.requests.last).body, as: UTF8.self)
        #expect(body.contains(#""model":"first""#))
        let empty = try FakeHTTPServer { _ in .json(#"{"object":"list","data":[]}"#) }
        let error = await #expect(throws: LanguageModelError.self) {
            try await OpenAICompatibleLanguageModel.discovered(at: empty.url)
        }
        #expect(error?.code == .notFound)
    }

    @Test func `what cannot work is refused at once`() {
        for (url, name) in [("localhost:8080/v1", "m"), ("http://me:pw@h/v1", "m"), ("http://h/v1", "")] {
            let error = #expect(throws: LanguageModelError.self) {
                try OpenAICompatibleLanguageModel(baseURL: url, model: name)
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test func `a server that is not there is named`() async throws {
        var options = OpenAICompatibleLanguageModel.Options()
        options.maximumAttempts = 1
        let model = try OpenAICompatibleLanguageModel(baseURL: "http://127.0.0.1:1/v1", model: "m", options: options)
        let error = await #expect(throws: LanguageModelError.self) { try await events(model) }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func `it conforms`() async throws {
        let server = try FakeHTTPServer { [self] _ in
            .events([chunk("A "), chunk("pear."), chunk(finish: "stop"), usageChunk])
        }
        try await verifyLanguageModel(model(server))
    }
}
