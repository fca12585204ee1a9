import Foundation
import QuarryTestSupport
import Testing

/// `--redact` and `--label` of `quarry index`.
struct PrivacyCommandTests {
    private static let note =
        "# Shed\n\nThe shed is rented by Mr Okonkwo, phone 8 (495) 123-45-67, okonkwo@example.org.\n"

    private func run(_ arguments: String..., in scratch: TemporaryFolder) throws -> (status: Int32, output: String) {
        let outcome = try Command.run(arguments, in: scratch.url)
        return (outcome.status, outcome.output + outcome.errors)
    }

    /// Whether the index file or its log holds a string.
    private func holds(_ text: String, in scratch: TemporaryFolder) throws -> Bool {
        try ["index.quarry", "index.quarry-wal"].contains { name in
            let url = scratch.url.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: url.path) else { return false }
            return try Data(contentsOf: url).range(of: Data(text.utf8)) != nil
        }
    }

    @Test func `redacted data is not in the index, and its citations can be verified`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.note, to: "papers/shed.md")
        let first = try run("index", "papers", "--model", "none", "--redact", "phone", "--redact", "email", in: scratch)
        #expect(first.status == 0, "\(first)")
        #expect(try !holds("123-45-67", in: scratch) && !holds("okonkwo@example.org", in: scratch))
        let reply = try Command.run("query", "Who rents the shed?", "--json", in: scratch.url)
        #expect(reply.output.contains("[phone]") && reply.output.contains("[e-mail]"), "\(reply)")
        try scratch.write(reply.output, to: "answer.json")
        let verified = try run("verify", "answer.json", in: scratch)
        #expect(verified.status == 0 && verified.output.contains("1 valid"), "\(verified)")
        // The placeholders in the quote say what to replace if there is no index.
        try scratch.move("index.quarry", to: "elsewhere/index.quarry")
        let alone = try run("verify", "answer.json", in: scratch)
        #expect(alone.status == 0 && alone.output.contains("1 valid"), "\(alone)")
    }

    @Test func `a label that is too long is wrong usage`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.note, to: "papers/shed.md")
        let long = String(repeating: "я", count: 501)
        for label in ["note=\(long)", "\(String(long.prefix(101)))=1"] {
            let outcome = try run("index", "papers", "--model", "none", "--label", label, in: scratch)
            #expect(outcome.status == 64 && outcome.output.contains("bytes; the limit is"), "\(outcome)")
        }
        let fitting = "note=\(long.dropFirst())"
        #expect(try run("index", "papers", "--model", "none", "--label", fitting, in: scratch).status == 0)
    }

    @Test func `the index remembers what to replace until it is told otherwise`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.note, to: "papers/shed.md")
        #expect(try run("index", "papers", "--model", "none", in: scratch).status == 0)
        #expect(try holds("123-45-67", in: scratch))
        #expect(try run("index", "papers", "--redact", "phone", in: scratch).status == 0)
        #expect(try !holds("123-45-67", in: scratch) && holds("okonkwo@example.org", in: scratch))
        try scratch.write(Self.note + "\nMore: +44 20 7946 0958\n", to: "papers/shed.md")
        #expect(try run("index", "papers", in: scratch).status == 0)
        #expect(try !holds("7946 0958", in: scratch))
        let info = try run("info", in: scratch)
        #expect(info.output.contains("replaced: phone\n"), "\(info)")
        #expect(try run("index", "papers", "--redact", "none", in: scratch).status == 0)
        #expect(try holds("7946 0958", in: scratch))
        let wrong = try run("index", "papers", "--redact", "names", in: scratch)
        #expect(wrong.status != 0 && wrong.output.contains("email"), "\(wrong)")
    }

    @Test func `files that another run read before are counted`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(Self.note, to: "papers/shed.md")
        try scratch.write("Plain text of a@b.org.", to: "letters/a.txt")
        #expect(try run("index", "papers", "letters", "--model", "none", in: scratch).status == 0)
        #expect(try run("index", "papers", "--redact", "all", in: scratch).status == 0)
        let info = try run("info", in: scratch)
        #expect(info.output.contains("not replaced yet: 1 file"), "\(info)")
        #expect(try run("index", "letters", in: scratch).status == 0)
        #expect(try !run("info", in: scratch).output.contains("not replaced yet"))
        #expect(try !holds("a@b.org", in: scratch))
    }

    @Test func `a label is kept for its folder, filters find it, and it can be removed`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("The well is 14 metres deep.", to: "papers/well.txt")
        try scratch.write("---\nowner: Eve\n---\nThe well was dug in 1908.", to: "letters/dig.md")
        let first = try run(
            "index", "papers", "--model", "none", "--label", "owner=Ann", "--label", "year=2026", in: scratch)
        #expect(first.status == 0, "\(first)")
        #expect(try run("index", "letters", in: scratch).status == 0)
        try scratch.write("The well needs a new lid.", to: "papers/lid.txt")
        #expect(try run("index", "papers", in: scratch).status == 0)
        func found(_ filter: String) throws -> [String] {
            let outcome = try Command.run(
                "query", "well", "--retrieve", "--json", "--filter", filter, in: scratch.url)
            return ["well.txt", "lid.txt", "dig.md"].filter { outcome.output.contains($0) }
        }
        #expect(try found("owner=Ann") == ["well.txt", "lid.txt"])
        #expect(try found("year=2026") == ["well.txt", "lid.txt"])
        #expect(try found("owner=Eve") == ["dig.md"])
        #expect(try run("info", in: scratch).output.contains("labels of papers: owner=Ann, year=2026"))
        #expect(try run("index", "papers", "--label", "owner=", in: scratch).status == 0)
        #expect(try found("owner=Ann") == [])
        #expect(try found("year=2026") == ["well.txt", "lid.txt"])
        // A file, and a label that wins over its front matter.
        #expect(try run("index", "letters/dig.md", "--label", "owner=Bob", in: scratch).status == 0)
        #expect(try run("index", "letters", in: scratch).status == 0)
        #expect(try found("owner=Bob") == ["dig.md"])
        let wrong = try run("index", "papers", "--label", "owner", in: scratch)
        #expect(wrong.status != 0)
    }
}
