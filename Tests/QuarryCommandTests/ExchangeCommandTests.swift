import Foundation
import QuarryTestSupport
import Testing

/// `quarry export` and `quarry import`.
struct ExchangeCommandTests {
    @Test func `an exported index is imported from a file and from a pipe, and answers`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("# Lease\n\nThe lease is signed by the tenant,\u{202E} Mrs Ilves.\n", to: "docs/lease.md")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let export = try Command.run("export", "index.quarry", in: scratch.url)
        #expect(export.status == 0 && export.output.contains("quarry.export/1"), "\(export)")
        #expect(export.errors.contains("1 document") && !export.output.contains("\u{202E}"))
        try scratch.write(export.output, to: "lines.jsonl")
        let first = try Command.run("import", "lines.jsonl", "copy.quarry", "--json", in: scratch.url)
        #expect(first.status == 0 && first.output.contains("quarry.import/1") && first.errors.isEmpty, "\(first)")
        let second = try Command.run(
            "import", "-", "--index", "piped.quarry", in: scratch.url, input: Array(export.output.utf8))
        #expect(second.status == 0 && second.output.contains("1 document"), "\(second)")
        #expect(second.errors.contains("quarry update reads nothing"), "\(second)")
        let update = try Command.run("update", "--index", "piped.quarry", in: scratch.url)
        #expect(update.status == 1 && update.errors.contains("has no folder, file or site to read again"), "\(update)")
        let question = "Who signs the lease?"
        let expected = try Command.run("query", question, in: scratch.url)
        // Without the time that it took.
        func told(_ outcome: Command.Outcome) -> Substring {
            outcome.output.prefix { $0 != "·" }
        }
        for copy in ["copy.quarry", "piped.quarry"] {
            #expect(try Command.run("doctor", "--index", copy, in: scratch.url).status == 0)
            let answer = try Command.run("query", question, "--index", copy, in: scratch.url)
            #expect(answer.status == 0 && told(answer) == told(expected), "\(answer)")
        }
        let again = try Command.run("import", "lines.jsonl", "copy.quarry", in: scratch.url)
        #expect(again.status == 1 && again.errors.contains("There is already a file or folder copy.quarry."))
        try scratch.write(export.output.replacingOccurrences(of: "\"start\":", with: "\"start\":x"), to: "broken.jsonl")
        let broken = try Command.run("import", "broken.jsonl", "broken.quarry", in: scratch.url)
        #expect(broken.status == 1 && broken.errors.contains("Line 3"), "\(broken)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("broken.quarry")))
        #expect(try Command.run("export", "a", "--index", "b", in: scratch.url).status == 64)
    }
}
