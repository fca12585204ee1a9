import Foundation
import QuarryTestSupport
import Testing

/// `quarry summarize`, `chat` and `query --history`.
@Suite(.timeLimit(.minutes(30)))
struct TaskCommandTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        try scratch.write(
            """
            # The harbour of Vell

            The harbour of Vell was built in 1861 to load slate from the quarries.
            Slate was loaded in the harbour of Vell until the railway came in 1902.
            The engineer Ada Brook designed the harbour of Vell.
            The market of the town is held on Saturdays.
            """, to: "docs/harbour.md")
        try scratch.write(
            """
            # Opening hours

            In summer the museum is open from nine to six.
            In winter the museum is open from ten to four.
            """, to: "docs/museum.md")
        try scratch.write(
            "# Музей\n\nЛетом музей открыт с девяти до шести.\nЗимой музей открыт с десяти до четырёх.\n",
            to: "docs/muzey.md")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    private func run(_ arguments: String..., input: String? = nil) throws -> Command.Outcome {
        try Command.run(arguments, in: scratch.url, input: input.map { Array($0.utf8) })
    }

    private func object(_ text: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    /// A server that answers every chat completion with a text.
    private static func server(_ reply: @escaping @Sendable (String) -> String) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            let text = reply(String(decoding: request.body, as: UTF8.self))
            let json = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
            return .events([
                #"{"id":"c","choices":[{"index":0,"delta":{"content":"# + json + #"},"finish_reason":"stop"}]}"#,
                #"{"id":"c","choices":[],"usage":{"prompt_tokens":50,"completion_tokens":7}}"#,
            ])
        }
    }

    @Test func `a summary has cited sentences of the named documents`() throws {
        let outcome = try run("summarize", "docs/harbour.md", "-n", "2")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("[1] docs/harbour.md:") && outcome.output.contains("[2] docs/harbour.md:"))
        #expect(outcome.output.contains("2 of 4 sentences · 1 document"))
        let reply = try object(try run("summarize", "--key-points", "--json").output)
        #expect(reply["schema"] as? String == "quarry.summary/1")
        #expect((reply["documents"] as? [String])?.count == 3)
        let sentences = try #require(reply["sentences"] as? [[String: Any]])
        let citations = try #require(reply["citations"] as? [[String: Any]])
        #expect(sentences.count == 5 && citations.count == 5)
        #expect(try run("summarize", "nothing.md").status == 1)
        #expect(try run("summarize", "-n", "0").status == 64)
    }

    @Test func `a summary by a model has checked sentences only`() throws {
        let server = try Self.server { _ in
            "The harbour of Vell was built in 1861 [1]. It was sold to Ruritania for 900 crowns [1]."
        }
        let outcome = try run(
            "summarize", "docs/harbour.md", "--llm", "\(server.url)/v1", "--llm-model", "m")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("│ The harbour of Vell was built in 1861. [1]\n"))
        #expect(outcome.output.contains("left out, not supported by the documents: It was sold to Ruritania"))
        #expect(outcome.output.contains("written by m in 1 request"))
        let liar = try Self.server { _ in "Ruritania sold 900 crowns of butter [1]." }
        #expect(
            try run("summarize", "docs/harbour.md", "--llm", "\(liar.url)/v1", "--llm-model", "m").status == 3)
    }

    @Test func `a conversation on a pipe carries over what it is about`() throws {
        let outcome = try run(
            "chat", "--json",
            input:
                "When is the museum open in summer?\nAnd in winter?\n/new\nКогда открыт музей летом?\nА зимой?\n/quit\nIgnored?\n"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let replies = try outcome.output.split(separator: "\n").map { try object($0) }
        #expect(replies.count == 4)
        #expect(
            replies.map { $0["standalone"] as? String } == [
                nil, "When is the museum open in winter?", nil, "Когда открыт музей зимой?",
            ])
        #expect(replies.map { $0["question"] as? String }[1] == "And in winter?")
        #expect((replies[1]["answer"] as? String)?.contains("from ten to four") == true)
        #expect((replies[3]["answer"] as? String)?.contains("с десяти до четырёх") == true)
        #expect(outcome.errors.contains("understood as: When is the museum open in winter?"))
        #expect(outcome.errors.contains("понято как: Когда открыт музей зимой?"))
    }

    @Test func `a wrong line of a conversation does not end it`() throws {
        let outcome = try run("chat", "--quiet", input: "/new\n/wrong\n?!\nWhen was the harbour of Vell built?\n")
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("1861"))
        #expect(outcome.errors.contains("There is no command /wrong."))
    }

    @Test func `a script gives the earlier turns as a file, such as earlier replies`() throws {
        let first = try run("query", "Who designed the harbour of Vell?", "--jsonl")
        try scratch.write(first.output + "\n", to: "turns.jsonl")
        let second = try run("query", "--history", "turns.jsonl", "When was it built?", "--json")
        #expect(second.status == 0, "\(second.errors)")
        let reply = try object(second.output)
        #expect((reply["standalone"] as? String)?.contains("Vell") == true)
        #expect((reply["answer"] as? String)?.contains("1861") == true)
        try scratch.write("{\"answer\": 1}\n", to: "broken.jsonl")
        let broken = try run("query", "--history", "broken.jsonl", "When was it built?")
        #expect(broken.status == 1 && broken.errors.contains("broken.jsonl:1"))
    }

    @Test func `a question that begins like a command is a question`() throws {
        let outcome = try run("what", "is", "the", "harbour", "of", "Vell")
        #expect(!outcome.errors.contains("There is no command"))
    }

    @Test(arguments: ["refine", "map-reduce", "map-rerank"])
    func `a chain reads passages one by one, and its answer is checked and cited`(chain: String) throws {
        let server = try Self.server { body in
            guard let fact = body.contains("Ada Brook") ? "The engineer Ada Brook designed the harbour of Vell" : nil,
                let number = body.firstMatch(of: /number=\\"(\d+)\\"[^>]*>[^<]*Ada Brook/)?.1
            else { return "The documents do not answer this question." }
            return "\(fact) [\(number)]."
        }
        let outcome = try run(
            "query", "Who designed the harbour of Vell?", "--json", "--chain", chain, "--llm", "\(server.url)/v1",
            "--llm-model", "m")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let reply = try object(outcome.output)
        #expect(reply["chain"] as? String == chain)
        #expect((reply["answer"] as? String)?.contains("Ada Brook") == true)
        let quotes = (reply["citations"] as? [[String: Any]])?.compactMap { $0["quote"] as? String }
        #expect(quotes == ["The engineer Ada Brook designed the harbour of Vell."])
        #expect(server.requests.count == (chain == "map-reduce" ? 2 : 1))
    }

    @Test func `a prompt is a file with a version and a hash, which the reply names`() throws {
        let shown = try run("prompt", "show", "few-shot")
        #expect(shown.status == 0 && shown.output.hasPrefix("name: few-shot-en\nversion: 1\n"))
        try scratch.write(shown.output.replacing("version: 1", with: "version: 7"), to: "mine.txt")
        #expect(try run("prompt", "lint", "mine.txt").status == 0)
        let dry = try run("query", "Who designed the harbour of Vell?", "--dry-run", "--json", "--prompt", "mine.txt")
        let prompt = try object(dry.output)
        let template = try #require(prompt["template"] as? [String: Any])
        #expect(template["name"] as? String == "few-shot-en" && template["version"] as? String == "7")
        #expect((template["sha256"] as? String)?.count == 64)
        let server = try Self.server { _ in "The engineer Ada Brook designed the harbour of Vell [1]." }
        let reply = try object(
            try run(
                "query", "Who designed the harbour of Vell?", "--json", "--prompt", "mine.txt", "--llm",
                "\(server.url)/v1", "--llm-model", "m"
            ).output)
        #expect((reply["prompt"] as? [String: Any])?["sha256"] as? String == template["sha256"] as? String)
        try scratch.write("--- system\nhello\n", to: "broken.txt")
        let broken = try run("prompt", "lint", "broken.txt")
        #expect(broken.status == 2 && broken.errors.contains("broken.txt: Line 1: There is no text of the section"))
        #expect(try run("query", "Who?", "--prompt", "none.txt", "--dry-run").status == 1)
    }

    @Test func `texts and documents get the labels of what they resemble`() throws {
        try scratch.write(
            """
            {"text": "Where is my parcel?", "label": "delivery"}
            {"text": "The parcel has not come.", "label": "delivery"}
            {"text": "I want my money back.", "label": "refund"}
            """, to: "intents.jsonl")
        let outcome = try run("classify", "--examples", "intents.jsonl", "my parcel is late")
        #expect(outcome.status == 0 && outcome.output.hasPrefix("delivery (100 %)\n"), "\(outcome.errors)")
        #expect(try run("classify", "--examples", "intents.jsonl", "quantum physics").status == 3)
        #expect(try run("classify", "text").status == 64)
        let server = try Self.server { _ in "refund" }
        let chosen = try object(
            try run(
                "classify", "--json", "--examples", "intents.jsonl", "my parcel", "--llm", "\(server.url)/v1",
                "--llm-model", "m"
            ).output)
        #expect(((chosen["items"] as? [[String: Any]])?.first?["label"] as? String) == "refund")
        try scratch.write("---\ntopic: sea\n---\nThe harbour has ships and slate.\n", to: "more/a.md")
        try scratch.write("---\ntopic: art\n---\nThe museum shows paintings.\n", to: "more/b.md")
        #expect(try run("index", "more", "--index", "m.quarry", "--model", "none").status == 0)
        let byTopic = try run("classify", "--index", "m.quarry", "--by", "topic", "ships in the harbour")
        #expect(byTopic.status == 0 && byTopic.output.hasPrefix("sea"), "\(byTopic.output)\(byTopic.errors)")
        #expect(byTopic.output.contains("more/a.md:"))
    }

    @Test func `data of a document is JSON that fits the schema, with evidence`() throws {
        try scratch.write(
            #"{"type": "object", "required": ["built"], "properties": {"built": {"type": "integer"}, "by": {"type": "string"}}}"#,
            to: "schema.json")
        let server = try Self.server { body in
            body.contains("does not fit") ? #"{"built": 1861, "by": "Otto Wren"}"# : #"{"by": "Otto Wren"}"#
        }
        let outcome = try run(
            "extract", "--schema", "schema.json", "docs/harbour.md", "--llm", "\(server.url)/v1", "--llm-model", "m")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let reply = try object(outcome.output)
        #expect(reply["schema"] as? String == "quarry.extract/1" && reply["isRepaired"] as? Bool == true)
        #expect((reply["value"] as? [String: Any])?["built"] as? Int == 1861)
        #expect(reply["unsupported"] as? [String] == ["/by"])
        #expect((reply["evidence"] as? [[String: Any]])?.first?["path"] as? String == "/built")
        let offline = try run("extract", "--schema", "schema.json", "docs/harbour.md")
        #expect(offline.status == 1 && offline.errors.contains("--llm"))
    }
}
