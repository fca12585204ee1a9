import Foundation
import QuarryTestSupport
import Testing

struct AuditCommandTests {
    private func folder() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write("# Mill\n\nThe mill was built by Jonas Okonkwo. [gone](gone.md)\n", to: "docs/a.md")
        try scratch.write("<script>alert(1)</script> & \"words\" in a text.", to: "docs/<b>&\u{1B}[31m.txt")
        try scratch.write("old", to: "docs/long-name-of-a-file-that-is-not-read-because-of-its-format.mobi")
        return scratch
    }

    @Test func `an audit is printed in lines of sixty columns`() throws {
        let scratch = try folder()
        let outcome = try Command.run("audit", "docs", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome)")
        for words in [
            "3 files", "Relevant?", "Available?", "Standardised?", "Not read: 1", "docs/a.md: gone.md",
            "without a title",
        ] {
            #expect(outcome.output.contains(words), "\(words): \(outcome.output)")
        }
        #expect(!outcome.output.contains("\u{1B}"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path("index.quarry")))
    }

    @Test func `the JSON has a schema and every finding`() throws {
        let scratch = try folder()
        let outcome = try Command.run("audit", "docs", "--json", in: scratch.url)
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(reply["schema"] as? String == "quarry.audit/1")
        for key in [
            "age", "date", "duplicates", "encodings", "files", "formats", "inputs", "languages", "lengths", "licences",
            "links", "metadata", "partlyRead", "personalData", "summary", "unread", "warnings", "withoutTitle",
        ] {
            #expect(reply[key] != nil, "\(key)")
        }
    }

    @Test func `the web page escapes what files and documents say, and loads nothing`() throws {
        let scratch = try folder()
        try scratch.write("Who built the mill?\nWhy <i>so</i>?\n", to: "questions.txt")
        let outcome = try Command.run(
            "audit", "docs", "--html", "audit.html", "--questions", "questions.txt", in: scratch.url)
        #expect(outcome.status == 0 && outcome.errors.contains("web page: audit.html"), "\(outcome)")
        let page = try String(contentsOfFile: scratch.path("audit.html"), encoding: .utf8)
        #expect(page.contains("docs/&lt;b&gt;&amp;␛[31m.txt") && page.contains("Why &lt;i&gt;so&lt;/i&gt;?"))
        #expect(!page.contains("<script") && !page.contains("<b>") && !page.contains("http://"))
        #expect(!page.contains("https://") && page.contains("default-src 'none'"))
    }

    @Test func `questions come one a line or as JSONL`() throws {
        let scratch = try folder()
        try scratch.write("\nWho built the mill?\n\nWhich planet has rings?\n", to: "questions.txt")
        try scratch.write("{\"_id\":\"1\",\"text\":\"Who built the mill?\"}\n", to: "questions.jsonl")
        let lines = try Command.run("audit", "docs", "--questions", "questions.txt", in: scratch.url)
        #expect(lines.output.contains("Questions: 1 of 2 answered"), "\(lines)")
        #expect(lines.output.contains("not answered: Which planet has rings?"))
        let records = try Command.run("audit", "docs", "--questions", "questions.jsonl", in: scratch.url)
        #expect(records.output.contains("Questions: 1 of 1 answered"), "\(records)")
        #expect(try Command.run("audit", "docs", "--questions", "none.txt", in: scratch.url).status == 1)
    }

    @Test func `the exit code is 0 with findings, 1 for one that is asked for, and 2 if nothing is read`() throws {
        let scratch = try folder()
        try scratch.write("old", to: "empty/a.mobi")
        #expect(try Command.run("audit", "docs", in: scratch.url).status == 0)
        let failed = try Command.run(
            "audit", "docs", "--fail-on", "dangling-links", "--fail-on", "duplicates", in: scratch.url)
        #expect(failed.status == 1 && failed.errors.contains("fails on dangling-links (1)."), "\(failed)")
        #expect(try Command.run("audit", "docs", "--fail-on", "scanned", in: scratch.url).status == 0)
        let nothing = try Command.run("audit", "empty", in: scratch.url)
        #expect(nothing.status == 2 && nothing.errors.contains("No document could be read."), "\(nothing)")
        #expect(try Command.run("audit", "nowhere", in: scratch.url).status == 1)
        for wrong in [
            ["audit", "-"], ["audit", "docs", "--older-than", "-1"], ["audit"], ["audit", "docs", "--fail-on", "x"],
        ] {
            #expect(try Command.run(wrong, in: scratch.url).status == 64, "\(wrong)")
        }
    }
}
