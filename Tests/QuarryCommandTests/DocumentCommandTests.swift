import Foundation
import QuarryTestSupport
import Testing

/// `quarry ls`, `show` and `rm`.
struct DocumentCommandTests {
    private func corpus() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "---\nauthor: Ines\n---\n# Boats\n\nThe dinghy is red.\n\n## Oars\n\nBoth oars are ash.\n",
            to: "notes/boats.md")
        try scratch.write("The shed has two locks.\n", to: "notes/shed.txt")
        try scratch.write("Meetings are on Monday.\n", to: "minutes/may.txt")
        let outcome = try Command.run(["index", "--model", "none", "--quiet", "notes", "minutes"], in: scratch.url)
        try #require(outcome.status == 0, "\(outcome)")
        return scratch
    }

    private func json(_ outcome: Command.Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `ls prints the ids of the documents, one on a line`() throws {
        let scratch = try corpus()
        let all = try Command.run(["ls"], in: scratch.url)
        #expect(all.output == "minutes/may.txt\nnotes/boats.md\nnotes/shed.txt\n")
        let some = try Command.run(["ls", "./notes/", "m*"], in: scratch.url)
        #expect(some.output == all.output)
        let filtered = try Command.run(["ls", "--filter", "author=Ines"], in: scratch.url)
        #expect(filtered.output == "notes/boats.md\n")
    }

    @Test func `an id with a line break is given as ls prints it`() throws {
        let scratch = try corpus()
        try scratch.write("{\"_id\": \"two\\nlines\", \"text\": \"The buoy is yellow.\"}\n", to: "more/buoys.jsonl")
        _ = try Command.run(["index", "more", "--quiet"], in: scratch.url)
        let listed = try Command.run(["ls", "more"], in: scratch.url)
        #expect(listed.output == "two␊lines\n", "\(listed)")
        let shown = try Command.run(["show", "two␊lines"], in: scratch.url)
        #expect(shown.status == 0 && shown.output.contains("The buoy is yellow."), "\(shown)")
        #expect(try Command.run(["rm", "two␊lines"], in: scratch.url).status == 0)
        #expect(try Command.run(["ls", "more"], in: scratch.url).status != 0)
    }

    @Test func `ls as JSON has titles, languages, metadata and counts`() throws {
        let scratch = try corpus()
        let reply = try json(Command.run(["ls", "notes/boats.md", "--json"], in: scratch.url))
        #expect(reply["schema"] as? String == "quarry.ls/1")
        let document = try #require((reply["documents"] as? [[String: Any]])?.first)
        #expect(document["title"] as? String == "Boats")
        #expect(document["metadata"] as? [String: String] == ["author": "Ines"])
        #expect(document["chunks"] as? Int == 2)
    }

    @Test func `show prints the text of a document, and its chunks with their places`() throws {
        let scratch = try corpus()
        let text = try Command.run(["show", "notes/boats.md"], in: scratch.url)
        #expect(text.output.hasPrefix("# Boats\n\nThe dinghy is red."))
        #expect(text.errors.contains("Boats, en"))
        let chunks = try Command.run(["show", "notes/boats.md", "--chunks"], in: scratch.url)
        #expect(chunks.output.hasPrefix("[1] notes/boats.md:4-6, "), "\(chunks)")
        let reply = try json(Command.run(["show", "notes/boats.md", "--json"], in: scratch.url))
        #expect(reply["schema"] as? String == "quarry.show/1")
        #expect((reply["chunks"] as? [[String: Any]])?.count == 2)
    }

    @Test func `a name that no document has leads to those that are meant`() throws {
        let scratch = try corpus()
        let unknown = try Command.run(["show", "boats.md"], in: scratch.url)
        #expect(unknown.status == 1 && unknown.errors.contains("Did you mean notes/boats.md?"), "\(unknown)")
        let several = try Command.run(["show", "notes"], in: scratch.url)
        #expect(several.status == 1 && several.errors.contains("matches 2 documents"), "\(several)")
    }

    @Test func `rm takes documents out until their files change`() throws {
        let scratch = try corpus()
        let plan = try Command.run(["rm", "notes/*", "--plan"], in: scratch.url)
        #expect(plan.output == "would remove notes/boats.md\nwould remove notes/shed.txt\n")
        #expect(try Command.run(["ls"], in: scratch.url).output.contains("notes/boats.md"))

        let removal = try Command.run(["rm", "notes/*"], in: scratch.url)
        #expect(removal.output == "removed notes/boats.md\nremoved notes/shed.txt\n")
        _ = try Command.run(["index", "--quiet", "notes"], in: scratch.url)
        #expect(try Command.run(["ls"], in: scratch.url).output == "minutes/may.txt\n")
        #expect(try Command.run(["doctor"], in: scratch.url).status == 0)

        try scratch.write("The shed has three locks.\n", to: "notes/shed.txt")
        _ = try Command.run(["index", "--quiet", "notes"], in: scratch.url)
        #expect(try Command.run(["ls"], in: scratch.url).output == "minutes/may.txt\nnotes/shed.txt\n")
    }
}
