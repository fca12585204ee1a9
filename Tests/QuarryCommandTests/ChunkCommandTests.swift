import Foundation
import QuarryTestSupport
import Testing

/// `quarry chunk` and `quarry eval chunking`.
struct ChunkCommandTests {
    private static let guide = """
        # Boats

        The dinghy is red. It lies by the pier.

        ## Oars

        Both oars are made of ash. They are two metres long.
        """

    @Test func `chunk shows the passages of a file with their lines and headings`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.guide, to: "boats.md")
        let outcome = try Command.run(["chunk", "boats.md"], in: scratch.url)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("[2] boats.md:5-7, "))
        #expect(outcome.output.contains("Both oars are made of ash."))
    }

    @Test func `chunk compares two chunkers`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.guide, to: "boats.md")
        let outcome = try Command.run(["chunk", "boats.md", "--diff", "structure,recursive"], in: scratch.url)
        #expect(outcome.output.contains("= boats.md:1  # Boats"), "\(outcome)")
        #expect(outcome.output.contains("< boats.md:5  ## Oars"), "\(outcome)")
    }

    @Test func `chunk as JSON has the location of each passage`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.guide, to: "boats.md")
        let outcome = try Command.run(["chunk", "boats.md", "--json"], in: scratch.url)
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(reply["schema"] as? String == "quarry.chunk/1")
        let documents = try #require(reply["documents"] as? [[String: Any]])
        let chunks = try #require(documents.first?["chunks"] as? [[String: Any]])
        #expect(chunks.compactMap { ($0["location"] as? [String: Any])?["lines"] as? [Int] } == [[1, 3], [5, 7]])
    }

    @Test(arguments: [["chunk", "boats.md"], ["index", "boats.md", "--model", "none"]])
    func `the semantic chunker without a model is refused, and leaves no index`(arguments: [String]) throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.guide, to: "boats.md")
        let outcome = try Command.run(arguments + ["--chunker", "semantic"], in: scratch.url)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("needs an embedding model"), "\(outcome)")
        #expect(outcome.errors.contains("Name a model with --model, or choose another chunker."), "\(outcome)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["boats.md"])
    }

    @Test func `chunk names a file that cannot be read`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("", to: "empty.md")
        let outcome = try Command.run(["chunk", "empty.md"], in: scratch.url)
        #expect(outcome.status == 2 && outcome.errors.contains("not read: empty.md"), "\(outcome)")
    }

    @Test func `eval chunking measures how much of the answers the passages hold`() throws {
        let scratch = try TemporaryFolder()
        let text =
            "Der Kahn ist grün — sagt Åsa. " + String(repeating: "The pier is long and old. ", count: 40)
            + "Both oars are made of ash."
        let record = try JSONSerialization.data(withJSONObject: ["_id": "a", "text": text])
        try scratch.write(String(decoding: record, as: UTF8.self) + "\n", to: "corpus.jsonl")
        let start = text.unicodeScalars.count - "Both oars are made of ash.".unicodeScalars.count
        try scratch.write(
            #"{"_id": "1", "text": "What are the oars made of?", "doc": "a", "spans": [[\#(start), \#(start + 26)]]}"#
                + "\n"
                + #"{"_id": "2", "text": "What colour is the Kahn?", "doc": "a", "quotes": ["Der Kahn ist grün"]}"#,
            to: "q.jsonl")
        let outcome = try Command.run(
            [
                "eval", "chunking", "--queries", "q.jsonl", "corpus.jsonl", "--targets", "40", "--chunkers",
                "recursive",
                "-k", "1", "--json",
            ], in: scratch.url)
        #expect(outcome.status == 0, "\(outcome)")
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let result = try #require((reply["results"] as? [[String: Any]])?.first)
        #expect(result["recall"] as? Double == 1)
        #expect(result["whole"] as? Double == 1)
        #expect((result["precision"] as? Double ?? 0) < 0.5)
    }

    @Test func `eval chunking names a span beyond its document`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(#"{"_id": "a", "text": "Short."}"#, to: "corpus.jsonl")
        try scratch.write(#"{"_id": "1", "text": "How long?", "doc": "a", "spans": [[2, 90]]}"#, to: "q.jsonl")
        let outcome = try Command.run(["eval", "chunking", "--queries", "q.jsonl", "corpus.jsonl"], in: scratch.url)
        #expect(outcome.status == 1 && outcome.errors.contains("a has no span 2 to 90."), "\(outcome)")
    }

    @Test(arguments: [
        ("not JSON", "not JSON"), (#"{"_id": "1", "doc": "a"}"#, "“text” is missing"),
        (#"{"_id": "1", "text": 5, "doc": "a"}"#, "“text” has a value of another type"),
        (#"{"_id": "1", "text": "x", "spans": [[5, 2]]}"#, "“spans” has [5, 2], which is not a start and an end"),
        (#"{"_id": "1", "text": "x", "spans": [["a", 2]]}"#, "“spans” has a value of another type"),
        ("[]", "is no object"),
    ])
    func `eval chunking names the fault of a question in plain words`(line: String, reason: String) throws {
        let scratch = try TemporaryFolder()
        try scratch.write(#"{"_id": "a", "text": "Short."}"#, to: "corpus.jsonl")
        try scratch.write(line + "\n", to: "q.jsonl")
        let outcome = try Command.run(["eval", "chunking", "--queries", "q.jsonl", "corpus.jsonl"], in: scratch.url)
        #expect(outcome.status == 1 && outcome.errors.contains("q.jsonl:1: A question is a JSON object"), "\(outcome)")
        #expect(outcome.errors.contains(reason) && !outcome.errors.contains("odingPath"), "\(outcome)")
    }

    @Test func `spans count in files of UTF-8 text alone, and quotes in all`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write([0xFF, 0xFE] + "The dinghy is red.".utf16.flatMap { [UInt8($0 & 0xFF), 0] }, to: "b.txt")
        let question = #"{"_id": "1", "text": "Which colour is the dinghy?", "doc": "b.txt", "#
        try scratch.write(question + #""spans": [[4, 10]]}"#, to: "spans.jsonl")
        try scratch.write(question + #""quotes": ["dinghy is red"]}"#, to: "quotes.jsonl")
        let spans = try Command.run(["eval", "chunking", "--queries", "spans.jsonl", "b.txt"], in: scratch.url)
        #expect(spans.status == 1 && spans.errors.contains("Give “quotes” instead."), "\(spans)")
        let quotes = try Command.run(["eval", "chunking", "--queries", "quotes.jsonl", "b.txt"], in: scratch.url)
        #expect(quotes.status == 0, "\(quotes)")
    }

    @Test(arguments: [
        ["chunk", "a.md", "--chunk-target", "9223372036854775807"],
        ["eval", "chunking", "--queries", "q.jsonl", "a.md", "--targets", "9223372036854775807"],
        ["index", "a.md", "--max-file-size", "9223372036854775807"],
    ])
    func `numbers beyond any use are wrong usage`(arguments: [String]) throws {
        let scratch = try TemporaryFolder()
        try scratch.write("Words.", to: "a.md")
        #expect(try Command.run(arguments, in: scratch.url).status == 64)
    }
}
