import Foundation
import QuarryTestSupport
import Testing

/// Messages of `quarry query` for bad questions, filters and modes.
struct QueryCommandTests {
    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "---\nyear: 2020\n---\n# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return scratch
    }

    private func object(_ outcome: Command.Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `an answer without a language model uses no tokens`() throws {
        let scratch = try notes()
        for (question, isRefused) in [("Who signs the lease?", false), ("How deep is the Mariana trench?", true)] {
            let reply = try object(try Command.run("query", question, "--json", in: scratch.url))
            #expect(reply["refused"] as? Bool == isRefused)
            #expect(reply["usage"] as? [String: Int] == ["input": 0, "cachedInput": 0, "output": 0])
            #expect(reply["spending"] == nil)
            for field in ["answer", "citations", "generator", "timings"] { #expect(reply[field] != nil, "\(field)") }
        }
        let found = try object(try Command.run("query", "--retrieve", "lease", "--json", in: scratch.url))
        #expect(found["usage"] == nil)
    }

    @Test func `a filter that no document matches is named as the reason`() throws {
        let scratch = try notes()
        let filtered = ["--filter", "year=1999"]
        let shown = try Command.run(["query", "Who signs the lease?"] + filtered, in: scratch.url)
        #expect(shown.status == 3)
        #expect(shown.output.hasPrefix("No document matches the filter."), "\(shown)")
        #expect((shown.output + shown.errors).contains("Check its keys"), "\(shown)")
        #expect(!(shown.output + shown.errors).contains("do not answer") && !shown.errors.contains("question's words"))
        let reply = try object(
            try Command.run(["query", "Кто подписал договор?", "--json"] + filtered, in: scratch.url))
        #expect(reply["answer"] as? String == "Под фильтр не подходит ни один документ.")
        #expect(reply["refusalReason"] as? String == "No document matches the filter.")
        let hits = try Command.run(["query", "--retrieve", "lease"] + filtered, in: scratch.url)
        #expect(hits.errors.contains("No document matches the filter."), "\(hits)")
        // A filter that matches documents is not the reason.
        let other = try Command.run(
            "query", "How deep is the Mariana trench?", "--filter", "year=2020", in: scratch.url)
        #expect(other.status == 3 && !(other.output + other.errors).contains("filter"), "\(other)")
    }

    @Test(arguments: ["hybrid", "vector"])
    func `a vector search in an index without vectors is an error with the next step`(mode: String) throws {
        let scratch = try notes()
        try scratch.write("{\"_id\": \"q\", \"text\": \"lease\"}\n", to: "questions.jsonl")
        try scratch.write("q\tdocs/lease.md\t1\n", to: "qrels.tsv")
        for arguments in [
            ["query", "Who signs the lease?", "--mode", mode],
            ["eval", "--queries", "questions.jsonl", "--qrels", "qrels.tsv", "--modes", "bm25,\(mode)"],
        ] {
            let outcome = try Command.run(arguments, in: scratch.url)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.hasPrefix("quarry: index.quarry has no vectors"), "\(outcome.errors)")
            #expect(
                outcome.errors.contains("--mode bm25") && outcome.errors.contains("quarry index --index FILE --model"))
            #expect(!outcome.errors.contains("pull none"))
        }
    }

    @Test func `a question on standard input that is too long is rejected`() throws {
        let scratch = try notes()
        let question = [UInt8](repeating: 0x61, count: 70_000)
        let outcome = try Command.run("query", "-", in: scratch.url, input: question)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(
            outcome.errors.hasPrefix("quarry: The question on standard input is longer than 65536 bytes."),
            "\(outcome.errors)")
        let short = try Command.run("query", "-", in: scratch.url, input: Array("Who signs the lease?".utf8))
        #expect(short.status == 0 && short.output.contains("Ilves"))
    }

    @Test func `standard input over the limit is listed by its name, and the rest is indexed`() throws {
        let scratch = try notes()
        try scratch.write("A note on lighthouses.\n", to: "docs/light.md")
        let bytes = [UInt8](repeating: 0x61, count: (1 << 20) + 1)
        let outcome = try Command.run(
            "index", "-", "docs", "--name", "big.txt", "--max-file-size", "1", in: scratch.url, input: bytes)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(
            outcome.errors.contains("not indexed: big.txt: Standard input holds more than 1048576 bytes"),
            "\(outcome.errors)")
        #expect(
            outcome.output.contains("1 new") && outcome.output.contains("1 file could not be indexed (listed above)"))
        let json = try object(
            try Command.run(
                "index", "-", "--max-file-size", "1", "--json", in: scratch.url, input: bytes))
        let report = try #require(json["report"] as? [String: Any])
        #expect((report["quarantined"] as? [[String: Any]])?.map { $0["reason"] as? String } == ["tooLarge"])
    }

    @Test(arguments: ["", " "])
    func `a blank name is wrong usage`(name: String) throws {
        let scratch = try notes()
        let outcome = try Command.run("index", "-", "--name", name, in: scratch.url, input: Array("Text.".utf8))
        #expect(outcome.status == 64 && outcome.errors.contains("--name"), "\(outcome)")
    }
}
