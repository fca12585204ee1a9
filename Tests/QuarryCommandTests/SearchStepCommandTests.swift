import Foundation
import QuarryTestSupport
import Testing

/// Searches besides that of the question: `--transform` and `--hops`.
struct SearchStepCommandTests {
    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "The Blue Mill of Tarn was designed by the architect Lena Holt. It has four floors.\n", to: "docs/mill.md")
        try scratch.write("Lena Holt was born in Varde. She had two brothers.\n", to: "docs/holt.md")
        try scratch.write("The bakery of Tarn sells rye bread.\n", to: "docs/bakery.md")
        return scratch
    }

    private func indexed(_ model: String = "none") throws -> TemporaryFolder {
        let scratch = try notes()
        let outcome = try Command.run("index", "docs", "--model", model, in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return scratch
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func documents(_ reply: [String: Any]) -> [String] {
        (reply["hits"] as? [[String: Any]] ?? []).compactMap { $0["document"] as? String }
    }

    /// Writes the same reply to every request.
    private func server(_ text: String) throws -> FakeHTTPServer {
        try FakeHTTPServer { _ in
            .events([
                #"{"id":"c","choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#,
                #"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
                #"{"id":"c","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":5}}"#,
            ])
        }
    }

    private static let question = "Where was the architect of the Blue Mill born?"

    @Test func `a second search is shown, and one search is one`() throws {
        let scratch = try indexed()
        let two = try object(Command.run("query", Self.question, "--json", in: scratch.url).output)
        #expect((two["hop"] as? [String: String])?["name"] == "Lena Holt")
        #expect((two["answer"] as? String)?.contains("Varde") == true)
        let one = try object(Command.run("query", Self.question, "--hops", "1", "--json", in: scratch.url).output)
        #expect(one["hop"] == nil)
        let explained = try Command.run("query", Self.question, "--explain", in: scratch.url)
        #expect(explained.output.contains("second search (Lena Holt): "), "\(explained.output)")
        for wrong in ["0", "3", "-1"] {
            let outcome = try Command.run("query", Self.question, "--hops", wrong, in: scratch.url)
            #expect(outcome.status == 64 && outcome.errors.contains("--hops \(wrong) is neither 1 nor 2"))
        }
    }

    @Test func `what a model writes is searched for too, and shown`() throws {
        let scratch = try indexed()
        let model = try server(#"Who sells loaves of rye?\nIs there a bakery?"#)
        let arguments = ["query", "--retrieve", "Who is Lena?", "--llm", "\(model.url)/v1", "--llm-model", "m"]
        let plain = try object(Command.run(arguments + ["--json"], in: scratch.url).output)
        #expect(!documents(plain).contains("docs/bakery.md") && plain["transform"] == nil && model.requests.isEmpty)
        let outcome = try Command.run(arguments + ["--transform", "multi", "--json"], in: scratch.url)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let reply = try object(outcome.output)
        #expect(documents(reply).contains("docs/bakery.md") && documents(reply).contains("docs/holt.md"))
        let transform = try #require(reply["transform"] as? [String: Any])
        #expect(transform["kind"] as? String == "multi")
        #expect(transform["queries"] as? [String] == ["Who sells loaves of rye?", "Is there a bakery?"])
        #expect((transform["prompt"] as? [String: String])?["name"] == "multi-en")
        #expect((reply["usage"] as? [String: Int])?["input"] == 20 && model.requests.count == 1)
        let explained = try Command.run(arguments + ["--transform", "multi", "--explain"], in: scratch.url)
        #expect(explained.output.contains("searched for too (multi): Is there a bakery?"), "\(explained.output)")
    }

    @Test func `an answer is written from what all searches find, and its tokens are those of both requests`() throws {
        let scratch = try indexed()
        let model = try server("Lena Holt was born in Varde [1].")
        let outcome = try Command.run(
            "query", "Where was Lena Holt born?", "--llm", "\(model.url)/v1", "--llm-model", "m", "--transform",
            "step-back", "--json", in: scratch.url)
        let reply = try object(outcome.output)
        #expect(outcome.status == 0 && reply["refused"] as? Bool == false, "\(outcome.errors)")
        #expect((reply["usage"] as? [String: Int])?["output"] == 10 && model.requests.count == 2)
    }

    @Test func `a hypothetical passage is embedded as a passage and compared`() throws {
        let embeddings = try EmbeddingServer()
        let scratch = try indexed(embeddings.url)
        let model = try server("The bakery of Tarn sells rye bread.")
        let outcome = try Command.run(
            "query", "--retrieve", "What can be eaten?", "--mode", "vector", "-k", "1", "--llm", "\(model.url)/v1",
            "--llm-model", "m", "--transform", "hyde", "--json", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let reply = try object(outcome.output)
        #expect(
            (reply["transform"] as? [String: Any])?["queries"] as? [String] == ["The bakery of Tarn sells rye bread."])
        #expect(embeddings.answeredTexts.count { $0 == "The bakery of Tarn sells rye bread." } == 2)
    }

    @Test func `an empty reply leaves the question, with a warning`() throws {
        let scratch = try indexed()
        let model = try server("")
        let arguments = [
            "query", "--retrieve", "Who is Lena?", "--llm", "\(model.url)/v1", "--llm-model", "m", "--json",
        ]
        let plain = try object(Command.run(arguments, in: scratch.url).output)
        let outcome = try Command.run(arguments + ["--transform", "decompose"], in: scratch.url)
        let reply = try object(outcome.output)
        #expect(outcome.status == 0 && outcome.errors.contains("searched for alone"), "\(outcome.errors)")
        #expect(documents(reply) == documents(plain) && (reply["warnings"] as? [String])?.count == 1)
    }

    @Test func `a transform that cannot have an effect is refused`() throws {
        let scratch = try indexed()
        try scratch.write("{\"_id\": \"q\", \"text\": \"Who is Lena?\"}\n", to: "q.jsonl")
        try scratch.write("q\tdocs/holt.md\t1\n", to: "qrels.tsv")
        let ask = ["query", "Who is Lena?", "--transform"]
        for (arguments, status, reason) in [
            (ask + ["multi"], Int32(1), "needs a language model"),
            (ask + ["hyde", "--llm", "http://127.0.0.1:9/v1", "--llm-model", "m"], 1, "by words only"),
            (ask + ["hyde", "--mode", "bm25"], 64, "compares vectors"),
            (ask + ["multi", "--extractive"], 64, "--extractive uses none"),
            (ask + ["multi", "--dry-run"], 64, "--dry-run sends nothing"),
            (["query", "--batch", "q.jsonl", "--run", "-", "--transform", "multi"], 64, "no effect on --run"),
            (
                ["eval", "--queries", "q.jsonl", "--qrels", "qrels.tsv", "--transform", "multi"], 64,
                "no effect on --qrels"
            ),
        ] {
            let outcome = try Command.run(arguments, in: scratch.url)
            #expect(outcome.status == status && outcome.errors.contains(reason), "\(outcome.status) \(outcome.errors)")
        }
    }
}
