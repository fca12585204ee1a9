import Foundation
import QuarryTestSupport
import Testing

/// `quarry update`, and `--watch`.
struct UpdateCommandTests {
    private func corpus() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write("The dinghy is red.\n", to: "notes/boats.md")
        try scratch.write("Not wanted.\n", to: "notes/boats.txt")
        try scratch.write("Meetings are on Monday.\n", to: "minutes/may.txt")
        try scratch.write("The winch is new.\n", to: "winch.txt")
        for arguments in [["notes", "--include", "*.md"], ["minutes", "winch.txt"]] {
            let outcome = try Command.run(["index", "--model", "none", "--quiet"] + arguments, in: scratch.url)
            try #require(outcome.status == 0, "\(outcome)")
        }
        return scratch
    }

    private func documents(in scratch: TemporaryFolder) throws -> [String] {
        try Command.run(["ls"], in: scratch.url).output.split(separator: "\n").map(String.init)
    }

    @Test func `update reads each folder with the patterns of its last run`() throws {
        let scratch = try corpus()
        try scratch.write("The pier is long.\n", to: "notes/pier.md")
        try scratch.write("Not wanted either.\n", to: "notes/pier.txt")
        try scratch.write("Meetings are on Friday.\n", to: "minutes/june.txt")
        let plan = try Command.run(["update", "--plan"], in: scratch.url)
        #expect(plan.output.contains("2 new"), "\(plan)")
        #expect(try documents(in: scratch) == ["minutes/may.txt", "notes/boats.md", "winch.txt"])
        let outcome = try Command.run(["update"], in: scratch.url)
        #expect(outcome.status == 0, "\(outcome)")
        let wanted = ["minutes/june.txt", "minutes/may.txt", "notes/boats.md", "notes/pier.md", "winch.txt"]
        #expect(try documents(in: scratch) == wanted)
    }

    @Test func `update takes out deleted files, but not those of a folder that is not there`() throws {
        let scratch = try corpus()
        try FileManager.default.removeItem(at: scratch.url.appending(path: "winch.txt"))
        try FileManager.default.removeItem(at: scratch.url.appending(path: "minutes"))
        let outcome = try Command.run(["update"], in: scratch.url)
        #expect(outcome.errors.contains("minutes is not there. Its documents stay in the index."), "\(outcome)")
        #expect(try documents(in: scratch) == ["minutes/may.txt", "notes/boats.md"])
    }

    @Test func `update of an index without folders says what to do`() throws {
        let scratch = try TemporaryFolder()
        _ = try Command.run(
            ["index", "--model", "none", "--quiet", "-"], in: scratch.url, input: Array("Some text.\n".utf8))
        let outcome = try Command.run(["update"], in: scratch.url)
        #expect(outcome.status == 1 && outcome.errors.contains("quarry index FOLDER"), "\(outcome)")
    }

    @Test func `watch indexes a file that is written while it runs`() async throws {
        let scratch = try corpus()
        let process = try Command.start(["update", "--watch"], in: scratch.url)
        defer { process.terminate() }
        try scratch.write("The pier is long.\n", to: "notes/pier.md")
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(60)
        while try !documents(in: scratch).contains("notes/pier.md"), clock.now < limit {
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(try documents(in: scratch).contains("notes/pier.md"))
        #expect(process.isRunning)
    }
}
