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

    /// Looks 300 times, with pauses. A limit on the time would end after one look on a machine whose threads all run other
    /// tests.
    private func eventually(_ condition: () throws -> Bool) async throws -> Bool {
        for _ in 0..<300 {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    @Test func `watch indexes a file that is written while it runs`() async throws {
        let scratch = try corpus()
        let process = try Command.start(["update", "--watch"], in: scratch.url)
        defer { process.terminate() }
        try scratch.write("The pier is long.\n", to: "notes/pier.md")
        #expect(try await eventually { try documents(in: scratch).contains("notes/pier.md") })
        #expect(process.isRunning)
    }

    @Test func `a later run of watch prints only what it did`() async throws {
        let scratch = try corpus()
        try scratch.write("broken\n", to: "minutes/broken.jsonl")
        try scratch.write([0, 1, 2, 0], to: "minutes/blob")
        let (output, errors) = (scratch.url.appending(path: "out.txt"), scratch.url.appending(path: "err.txt"))
        for file in [output, errors] { try Data().write(to: file) }
        let process = try Command.start(
            ["update", "--watch"], in: scratch.url, output: try FileHandle(forWritingTo: output),
            errors: try FileHandle(forWritingTo: errors))
        defer { process.terminate() }
        func said(_ text: String, in file: URL) throws -> Int {
            try String(contentsOf: file, encoding: .utf8).components(separatedBy: text).count - 1
        }
        #expect(try await eventually { try said("watching", in: errors) == 1 })
        #expect(try said("not indexed: ", in: errors) == 1 && said("skipped: ", in: errors) == 1)
        try scratch.write("The pier is long.\n", to: "notes/pier.md")
        #expect(try await eventually { try said("is up to date", in: output) == 1 })
        #expect(try said("not indexed: ", in: errors) == 1 && said("skipped: ", in: errors) == 1)
        #expect(try said("files: 1 new\n", in: output) == 1)
        #expect(try said("unchanged", in: output) == 0)
        try scratch.write("broken too\n", to: "minutes/second.jsonl")
        #expect(try await eventually { try said("second.jsonl", in: errors) == 1 })
        #expect(try said("not indexed: ", in: errors) == 2)
    }

    @Test func `watch sees what changes during an update`() async throws {
        let scratch = try corpus()
        for number in 0..<3_000 { try scratch.write("Entry \(number) of the log.\n", to: "minutes/log/\(number).txt") }
        let process = try Command.start(["update", "--watch"], in: scratch.url)
        defer { process.terminate() }
        // The first documents are committed: the walk of the folders may be over, and the update is not.
        #expect(try await eventually { try documents(in: scratch).contains { $0.hasPrefix("minutes/log/") } })
        try scratch.write("The pier is long.\n", to: "notes/pier.md")
        try scratch.write("The dinghy is blue.\n", to: "notes/boats.md")
        #expect(try await eventually { try documents(in: scratch).contains("notes/pier.md") })
        #expect(
            try await eventually {
                try Command.run(["show", "notes/boats.md"], in: scratch.url).output.contains("blue")
            })
        #expect(process.isRunning)
    }

    @Test func `a watched folder that is renamed keeps its documents, and is followed again when it is back`()
        async throws
    {
        let scratch = try corpus()
        let errors = scratch.url.appending(path: "errors.txt")
        try Data().write(to: errors)
        let process = try Command.start(
            ["update", "--watch"], in: scratch.url, errors: try FileHandle(forWritingTo: errors))
        defer { process.terminate() }
        func said(_ text: String) throws -> Bool { try String(contentsOf: errors, encoding: .utf8).contains(text) }
        #expect(try await eventually { try said("watching") })
        try scratch.move("notes", to: "away")
        #expect(try await eventually { try said("notes is not there") })
        #expect(try documents(in: scratch).contains("notes/boats.md"))
        try scratch.move("away", to: "notes")
        try scratch.write("The pier is long.\n", to: "notes/pier.md")
        #expect(try await eventually { try documents(in: scratch).contains("notes/pier.md") })
        #expect(process.isRunning)
    }
}
