import Foundation
import QuarryTestSupport
import Testing

/// `quarry verify`: citations of this program, and quotes that were made elsewhere.
struct VerifyCommandTests {
    private static let shed = "# Shed\n\nThe shed is painted green by Mr Okonkwo.\n\nIts door faces the orchard.\n"

    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.shed, to: "papers/shed.md")
        try scratch.write("{\"_id\": \"w\", \"text\": \"The well is 14 metres deep.\"}\n", to: "papers/wells.jsonl")
        let outcome = try Command.run("index", "papers", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return scratch
    }

    private func ask(_ question: String, in scratch: TemporaryFolder) throws {
        let outcome = try Command.run("query", question, "--json", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome)")
        try scratch.write(outcome.output, to: "answer.json")
    }

    private func report(_ file: String, in scratch: TemporaryFolder, _ more: String...) throws -> (
        status: Int32, quotes: [[String: Any]]
    ) {
        let outcome = try Command.run(["verify", file, "--json"] + more, in: scratch.url)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
        #expect(object["schema"] as? String == "quarry.verify/1")
        return (outcome.status, try #require(object["quotes"] as? [[String: Any]]))
    }

    private func statuses(_ file: String, in scratch: TemporaryFolder) throws -> [String?] {
        try report(file, in: scratch).quotes.map { $0["status"] as? String }
    }

    @Test func `a citation is valid, moved, changed or gone, as its file is`() throws {
        let scratch = try notes()
        try ask("Who painted the shed?", in: scratch)
        let fresh = try report("answer.json", in: scratch)
        #expect(fresh.status == 0 && fresh.quotes.map { $0["status"] as? String } == ["valid"])
        #expect(fresh.quotes[0]["sourceChanged"] as? Bool == false)
        // A change elsewhere in the file.
        try scratch.write(Self.shed + "\nIts roof is new.\n", to: "papers/shed.md")
        let grown = try report("answer.json", in: scratch)
        #expect(grown.status == 0 && grown.quotes[0]["status"] as? String == "valid")
        #expect(grown.quotes[0]["sourceChanged"] as? Bool == true)
        // Lines before the quote, and a quote that is wrapped.
        try scratch.write(Self.shed.replacing("# Shed", with: "# Shed\n\nBuilt in 1908."), to: "papers/shed.md")
        let moved = try report("answer.json", in: scratch)
        #expect(moved.status == 0 && moved.quotes[0]["status"] as? String == "moved")
        #expect((moved.quotes[0]["found"] as? [String: Any])?["lines"] as? [Int] == [5, 5])
        try scratch.write(Self.shed.replacing("painted green", with: "painted\ngreen"), to: "papers/shed.md")
        #expect(try statuses("answer.json", in: scratch) == ["moved"])
        try scratch.write(Self.shed.replacing("green", with: "blue"), to: "papers/shed.md")
        let changed = try Command.run("verify", "answer.json", in: scratch.url)
        #expect(
            changed.status == 3 && changed.output.contains("[1] changed: papers/shed.md:3: “The shed"), "\(changed)")
        #expect(changed.output.hasSuffix("1 quote: 1 changed\n"), "\(changed)")
        try scratch.remove("papers/shed.md")
        let gone = try report("answer.json", in: scratch)
        #expect(gone.status == 3 && gone.quotes[0]["status"] as? String == "gone")
    }

    @Test func `verifying needs no index, and finds a renamed file by its content`() throws {
        let scratch = try notes()
        try ask("Who painted the shed?", in: scratch)
        try scratch.move("index.quarry", to: "elsewhere/index.quarry")
        #expect(try statuses("answer.json", in: scratch) == ["valid"])
        try scratch.move("elsewhere/index.quarry", to: "index.quarry")
        try scratch.move("papers/shed.md", to: "papers/barn.md")
        #expect(try statuses("answer.json", in: scratch) == ["gone"])
        #expect(try Command.run("index", "papers", in: scratch.url).status == 0)
        let moved = try report("answer.json", in: scratch)
        #expect(moved.quotes[0]["status"] as? String == "moved")
        #expect(
            (moved.quotes[0]["found"] as? [String: Any])?["path"] as? String == scratch.path("papers/barn.md"))
    }

    @Test func `citations of records, and of replies as JSON Lines, are verified`() throws {
        let scratch = try notes()
        try scratch.write(
            "{\"_id\": \"1\", \"text\": \"How deep is the well?\"}\n{\"_id\": \"2\", \"text\": \"Who painted the shed?\"}\n",
            to: "questions.jsonl")
        let batch = try Command.run("query", "--batch", "questions.jsonl", in: scratch.url)
        try scratch.write(batch.output, to: "replies.jsonl")
        let fresh = try report("replies.jsonl", in: scratch)
        #expect(fresh.status == 0 && fresh.quotes.map { $0["status"] as? String } == ["valid", "valid"])
        #expect(fresh.quotes.map { $0["line"] as? Int } == [1, 2])
        try scratch.write("{\"_id\": \"w\", \"text\": \"The well is 15 metres deep.\"}\n", to: "papers/wells.jsonl")
        #expect(try statuses("replies.jsonl", in: scratch) == ["changed", "valid"])
    }

    @Test func `a quote of another program is supported, misattributed or not found`() throws {
        let scratch = try notes()
        let quotes: [(quote: String, source: String?, status: String)] = [
            ("the shed is painted  green by Mr Okonkwo", "papers/shed.md", "supported"),
            ("Its door faces the orchard.", "shed.md:5", "supported"),
            ("Its door faces the orchard.", nil, "supported"),
            ("The well is 14 metres deep", "papers/shed.md", "misattributed"),
            ("The well is 14 metres deep", "nowhere.txt", "misattributed"),
            ("The well is 4 metres deep", "papers/wells.jsonl", "notFound"),
            ("4 metres deep", "papers/wells.jsonl", "notFound"),
            ("…", "papers/shed.md", "notFound"),
        ]
        let list = quotes.map { quote in
            quote.source.map { ["quote": quote.quote, "source": $0] } ?? ["quote": quote.quote]
        }
        try JSONSerialization.data(withJSONObject: list).write(to: scratch.url.appending(path: "quotes.json"))
        let result = try report("quotes.json", in: scratch)
        #expect(result.status == 3)
        for (found, quote) in zip(result.quotes, quotes) {
            #expect(found["status"] as? String == quote.status, "\(quote): \(found)")
        }
        let elsewhere = result.quotes[3]["found"] as? [String: Any]
        #expect(elsewhere?["source"] as? String == "papers/wells.jsonl")
    }

    @Test func `a quote that was altered in a saved answer does not pass`() throws {
        let scratch = try notes()
        try ask("Who painted the shed?", in: scratch)
        let answer = try String(contentsOfFile: scratch.path("answer.json"), encoding: .utf8)
        try scratch.write(answer.replacing("painted green", with: "painted red"), to: "answer.json")
        #expect(try statuses("answer.json", in: scratch) == ["notFound"])
    }

    @Test(arguments: ["", "{}", "[1]", "not JSON", "{\"quote\": 5}", "\u{0}", "[[[[[[[[[[[[[["])
    func `a file without quotes is an error`(content: String) throws {
        let scratch = try notes()
        try scratch.write(content, to: "answer.json")
        let outcome = try Command.run("verify", "answer.json", in: scratch.url)
        #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains("answer.json"), "\(outcome)")
    }

    @Test(arguments: [
        #"{"source": "x", "path": "/dev/zero", "lines": [1, 1], "bytes": [0, 5], "places": [], "base": "source"}"#,
        #"{"source": "x", "lines": [], "bytes": [9223372036854775807, -5], "places": [], "base": "source"}"#,
        #"{"source": "../../../../etc", "path": "/etc", "lines": [-1, 0], "bytes": [0, 1], "places": [], "base": "text"}"#,
    ])
    func `hostile places are not found, and nothing hangs`(location: String) throws {
        let scratch = try notes()
        try scratch.write(
            #"{"citations": [{"marker": 1, "document": "x", "chunk": 1, "quote": "green", "location": \#(location), "#
                + #""quoteSHA256": "ba4788b226aa8dc2e6dc74248bb9f618cfa8c959e0c26c147be48f6839a0b088"}]}"#,
            to: "answer.json")
        #expect(try report("answer.json", in: scratch).status == 3)
    }

    @Test func `a refused answer has no quotes to verify`() throws {
        let scratch = try notes()
        let refused = try Command.run("query", "How far is the moon?", "--json", in: scratch.url)
        #expect(refused.status == 3)
        try scratch.write(refused.output, to: "answer.json")
        let outcome = try Command.run("verify", "answer.json", in: scratch.url)
        #expect(outcome.status == 0 && outcome.output == "There are no quotes to verify.\n", "\(outcome)")
    }

    @Test func `an answer notes that its source changed since it was indexed`() throws {
        let scratch = try notes()
        try scratch.write(Self.shed.replacing("green", with: "blue"), to: "papers/shed.md")
        let shown = try Command.run("query", "Who painted the shed?", in: scratch.url)
        #expect(shown.output.contains("[1] papers/shed.md:3 (changed since it was indexed)\n"), "\(shown)")
        let json = try Command.run("query", "Who painted the shed?", "--json", in: scratch.url)
        #expect(json.output.contains("\"change\" : \"changed\""), "\(json)")
        #expect(json.output.contains("\"path\" : \"\(scratch.path("papers/shed.md"))\""), "\(json)")
        // A new time alone is not a change.
        try scratch.write(Self.shed, to: "papers/shed.md")
        #expect(!(try Command.run("query", "Who painted the shed?", in: scratch.url).output.contains("changed")))
        try scratch.remove("papers/shed.md")
        #expect(try Command.run("query", "--retrieve", "shed", in: scratch.url).output.contains("(no longer exists)"))
        let missing = try Command.run("verify", "nosuch.json", in: scratch.url)
        #expect(missing.status == 1 && missing.errors == "quarry: nosuch.json: There is no such file.\n", "\(missing)")
        // Where the folder is not there at all, the index was copied from elsewhere.
        try scratch.move("papers", to: "other")
        #expect(!(try Command.run("query", "--retrieve", "shed", in: scratch.url).output.contains("exists")))
    }

    @Test func `a text is checked sentence by sentence`() throws {
        let scratch = try notes()
        let text = """
            Mr Okonkwo painted the shed green. The well is 41 metres deep. The shed is painted green and the well is 14 \
            metres deep. Zeppelins land on the roof.
            """
        try scratch.write(text, to: "essay.txt")
        let outcome = try Command.run("verify", "--text", "essay.txt", "--json", in: scratch.url)
        #expect(outcome.status == 3)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let sentences = try #require(object["sentences"] as? [[String: Any]])
        #expect(
            sentences.map { $0["status"] as? String } == ["supported", "contradicted", "patchedTogether", "notFound"],
            "\(outcome.output)")
        try scratch.write("The well is 14 metres deep.", to: "note.txt")
        let named = try Command.run("verify", "--text", "note.txt", "--source", "papers/shed.md", in: scratch.url)
        #expect(named.status == 3 && named.output.contains("misattributed: papers/wells.jsonl"), "\(named)")
        #expect(try Command.run("verify", "--text", "note.txt", in: scratch.url).status == 0)
    }
}
