import Foundation
import QuarryTestSupport
import Testing

/// `quarry query --batch`: invalid lines, failing models, TREC runs.
@Suite(.timeLimit(.minutes(30)))
struct BatchCommandTests {
    private static let questions = """
        {"_id": "q1", "text": "Who signs the lease?"}
        {"_id": "q2", "text": "When do you boil the kettle?"}
        {"_id": "q3", "text": "When is the hedge along the road cut?"}
        """

    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        try scratch.write("# Kettle\n\nBoil the kettle before you warm the pot.\n", to: "docs/kettle.md")
        try scratch.write("# Hedge\n\nThe hedge along the road is cut in August.\n", to: "docs/100% my hedge.md")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        try scratch.write(Self.questions, to: "questions.jsonl")
        return scratch
    }

    private func objects(_ outcome: Command.Outcome) throws -> [[String: Any]] {
        try outcome.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private func lines(of path: String) throws -> [[Substring]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test func `an invalid line is reported with its file and number, and the rest is answered`() throws {
        let scratch = try notes()
        var bytes = Array("{\"_id\": \"q1\", \"text\": \"Who signs the lease?\"}\n{\"_id\": \"q2\", \"te\n\n".utf8)
        bytes += Array("{\"_id\": \"q3\", \"text\": \"\u{41}".utf8) + [0xFF] + Array("\"}\n".utf8)
        bytes += Array("{\"_id\": \"q1\", \"text\": \"Once more?\"}\n{\"_id\": \"\", \"text\": \"Nobody?\"}\n".utf8)
        bytes += Array("{\"_id\": \"q4\", \"text\": \"When do you boil the kettle?\"}".utf8)
        try Data(bytes).write(to: scratch.url.appendingPathComponent("questions.jsonl"))
        let outcome = try Command.run("query", "--batch", "questions.jsonl", in: scratch.url)
        #expect(outcome.status == 2)
        #expect(try objects(outcome).map { $0["id"] as? String } == ["q1", "q4"])
        let notes = outcome.errors.split(separator: "\n")
        #expect(notes.count == 4, "\(outcome.errors)")
        for (note, start) in zip(
            notes, ["2: A query is", "4: The line is not", "5: Query q1 is already on line", "6: The query has"])
        {
            #expect(note.hasPrefix("skipped: questions.jsonl:\(start)"), "\(note)")
        }
        let run = try Command.run("query", "--batch", "questions.jsonl", "--run", "run.trec", in: scratch.url)
        #expect(run.status == 2 && run.errors.contains("questions.jsonl:2:"))
        #expect(Set(try lines(of: scratch.path("run.trec")).map { String($0[0]) }) == ["q1", "q4"])
    }

    /// Answers questions about the lease, and fails for all others.
    private func server(_ failure: @escaping @Sendable () -> FakeHTTPServer.Response) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            guard String(decoding: request.body, as: UTF8.self).contains("Who signs the lease?") else {
                return failure()
            }
            return .events([
                #"{"choices":[{"index":0,"delta":{"content":"Mrs Ilves signs the lease [1]."}}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            ])
        }
    }

    private static func broken() -> FakeHTTPServer.Response {
        var response = FakeHTTPServer.Response.events(
            [#"{"choices":[{"index":0,"delta":{"content":"Boil the"}}]}"#], ending: nil)
        response.steps.append(.hangUp)
        return response
    }

    @Test(arguments: ["The model takes no such question.", "before the reply was complete"])
    func `a question on which the model fails is reported, and the rest is answered`(reason: String) throws {
        let scratch = try notes()
        try scratch.write(
            """
            {"_id": "bad", "text": "When do you boil the kettle?"}
            {"_id": "good", "text": "Who signs the lease?"}
            """, to: "questions.jsonl")
        let server = try server {
            reason.hasPrefix("The model")
                ? .json(#"{"error":{"message":""# + reason + #""}}"#, status: 400) : Self.broken()
        }
        let outcome = try Command.run(
            "query", "--batch", "questions.jsonl", "--jsonl", "--llm", "\(server.url)/v1#m", in: scratch.url)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains("not answered: questions.jsonl:1: question bad: "), "\(outcome.errors)")
        let replies = try objects(outcome)
        #expect(replies.map { $0["id"] as? String } == ["bad", "good"])
        let error = try #require(replies.first?["error"] as? String)
        #expect(outcome.errors.contains(error) && error.contains(reason) && replies[0]["answer"] == nil)
        #expect(replies[1]["error"] == nil && (replies[1]["answer"] as? String)?.contains("Ilves") == true)
    }

    @Test func `an error that affects every question ends the batch`() throws {
        let scratch = try notes()
        let locked = try server { .json(#"{"error":{"message":"no such key"}}"#, status: 401) }
        for (address, reason) in [("\(locked.url)/v1#m", "no such key"), ("http://127.0.0.1:9/v1#m", "127.0.0.1:9")] {
            try scratch.write(
                """
                {"_id": "bad", "text": "When do you boil the kettle?"}
                {"_id": "good", "text": "Who signs the lease?"}
                """, to: "questions.jsonl")
            let outcome = try Command.run(
                "query", "--batch", "questions.jsonl", "--llm", address, in: scratch.url)
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
            #expect(outcome.errors.contains("quarry: ") && outcome.errors.contains(reason), "\(outcome.errors)")
        }
    }

    @Test func `ids with white space are percent-encoded in a run, and judgements match both spellings`() throws {
        let scratch = try notes()
        try scratch.write(
            "{\"_id\": \"q 3\", \"text\": \"When is the hedge along the road cut?\"}\n", to: "questions.jsonl")
        let outcome = try Command.run("query", "--batch", "questions.jsonl", "--run", "run.trec", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let first = try #require(try lines(of: scratch.path("run.trec")).first)
        #expect(first.map(String.init).prefix(3) == ["q%203", "Q0", "docs/100%25%20my%20hedge.md"])
        #expect(first.count == 6)
        for qrels in ["q%203 0 docs/100%25%20my%20hedge.md 1\n", "q 3\tdocs/100% my hedge.md\t1\n"] {
            try scratch.write(qrels, to: "qrels.tsv")
            let measured = try Command.run(
                "eval", "--queries", "questions.jsonl", "--qrels", "qrels.tsv", in: scratch.url)
            #expect(measured.status == 0 && measured.output.contains("nDCG@10 1.0000"), "\(measured)")
        }
    }

    @Test func `a run is written to standard output for -, and never with JSON`() throws {
        let scratch = try notes()
        let outcome = try Command.run("query", "--batch", "questions.jsonl", "--run", "-", in: scratch.url)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("q1 Q0 docs/lease.md 1 "), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("-")))
        for flag in ["--json", "--jsonl"] {
            for file in ["-", "run.trec"] {
                let refused = try Command.run(
                    "query", "--batch", "questions.jsonl", "--run", file, flag, in: scratch.url)
                #expect(refused.status == 64 && refused.errors.contains("--run writes a TREC run instead of JSON"))
                #expect(refused.output.isEmpty && !FileManager.default.fileExists(atPath: scratch.path("run.trec")))
            }
        }
    }

    @Test func `a file that is missing or cannot be written is reported before the work starts`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.questions, to: "questions.jsonl")
        try scratch.write("q1\tdocs/lease.md\t1\n", to: "qrels.tsv")
        try FileManager.default.createDirectory(
            at: scratch.url.appendingPathComponent("folder"), withIntermediateDirectories: true)
        // There is no index either, but the file comes first.
        for (arguments, name, reason) in [
            (["query", "--batch", "nope.jsonl"], "nope.jsonl", "There is no such file."),
            (["query", "--batch", "folder"], "folder cannot be read", "Is a directory"),
            (
                ["query", "--batch", "questions.jsonl", "--run", "nope/run.trec"], "nope/run.trec cannot be written",
                "No such file"
            ),
            (["query", "--batch", "questions.jsonl", "--run", "folder"], "folder cannot be written", "Is a directory"),
            (["eval", "--queries", "nope.jsonl", "--qrels", "qrels.tsv"], "nope.jsonl", "There is no such file."),
            (["eval", "--queries", "questions.jsonl", "--qrels", "nope.tsv"], "nope.tsv", "There is no such file."),
            (["eval", "--queries", "nope.jsonl", "--answers"], "nope.jsonl", "There is no such file."),
        ] {
            let outcome = try Command.run(arguments, in: scratch.url)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.hasPrefix("quarry: \(name): \(reason)"), "\(outcome.errors)")
        }
    }

    @Test func `a failed run keeps the file of an earlier run, and leaves no empty file`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.questions, to: "questions.jsonl")
        try scratch.write("q1 Q0 d 1 1.0 t\n", to: "old.trec")
        for file in ["old.trec", "new.trec"] {
            let outcome = try Command.run("query", "--batch", "questions.jsonl", "--run", file, in: scratch.url)
            #expect(outcome.status == 1 && outcome.errors.contains("index.quarry"), "\(outcome)")
        }
        #expect(try String(contentsOfFile: scratch.path("old.trec"), encoding: .utf8) == "q1 Q0 d 1 1.0 t\n")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("new.trec")))
    }
}
