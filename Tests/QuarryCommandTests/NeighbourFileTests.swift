import Foundation
import Quarry
import QuarryTestSupport
import Testing

/// What lies beside an index, and what happens to its file during a run.
struct NeighbourFileTests {
    private func write(_ count: Int, to scratch: TemporaryFolder, word: String = "lighthouse") throws {
        for number in 1...count {
            try scratch.write("# Note \(number)\n\nThe \(word) \(number).", to: "docs/\(number).md")
        }
    }

    @Test func `a run beside a reader says what the file lacks`() async throws {
        let scratch = try TemporaryFolder()
        let path = scratch.path("i.quarry")
        try write(1, to: scratch)
        #expect(try Command.run("index", scratch.path("docs"), "--index", path, "--model", "none").status == 0)
        let reader = try CorpusIndex.open(at: path, readOnly: true)
        let outcome = try await reader.withSnapshot { snapshot in
            _ = try await snapshot.languages()
            try write(3, to: scratch)
            return try Command.run("index", scratch.path("docs"), "--index", path, "--model", "none")
        }
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("\(path)-wal still holds"), "\(outcome.errors)")
        let again = try Command.run("index", scratch.path("docs"), "--index", path, "--model", "none")
        #expect(again.status == 0 && !again.errors.contains("-wal"), "\(again.errors)")
    }

    @Test func `a run whose index is deleted fails`() async throws {
        let scratch = try TemporaryFolder()
        let path = scratch.path("i.quarry")
        try write(4_000, to: scratch)
        let errors = scratch.url.appendingPathComponent("errors")
        try Data().write(to: errors)
        let run = try Command.start(
            ["index", scratch.path("docs"), "--index", path, "--model", "none"],
            errors: FileHandle(forWritingTo: errors))
        while !FileManager.default.fileExists(atPath: path), run.isRunning {
            try await Task.sleep(for: .milliseconds(1))
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        run.waitUntilExit()
        let message = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        #expect(run.terminationStatus == 1, "\(message)")
        #expect(message.contains("deleted or replaced"), "\(message)")
    }

    @Test func `a file laid over one whose run was killed is refused with the name of the log`() async throws {
        let scratch = try TemporaryFolder()
        let path = scratch.path("i.quarry")
        try write(1, to: scratch, word: "windmill")
        let new = scratch.path("new.quarry")
        #expect(try Command.run("index", scratch.path("docs"), "--index", new, "--model", "none").status == 0)
        try write(4_000, to: scratch)
        let run = try Command.start(["index", scratch.path("docs"), "--index", path, "--model", "none"])
        func logSize() -> Int {
            (try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0
        }
        while logSize() < 500_000, run.isRunning { try await Task.sleep(for: .milliseconds(1)) }
        kill(run.processIdentifier, SIGKILL)
        run.waitUntilExit()
        try Data(contentsOf: URL(fileURLWithPath: new)).write(to: URL(fileURLWithPath: path))
        for command in [["query", "--retrieve", "windmill"], ["info"], ["doctor"], ["index", scratch.path("docs")]] {
            let outcome = try Command.run(command + ["--index", path])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("i.quarry-wal belongs to another file"), "\(outcome.errors)")
        }
        try FileManager.default.removeItem(atPath: path + "-wal")
        let outcome = try Command.run("query", "--retrieve", "windmill", "--index", path)
        #expect(outcome.output.contains("windmill"))
    }

    @Test(.enabled(if: getuid() == 0, "Only the superuser can run commands as other users."))
    func `a reader of another user does not lock the owner out`() throws {
        let scratch = try TemporaryFolder()
        let files = FileManager.default
        try write(1, to: scratch)
        try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: scratch.path)
        func run(as user: Int, _ arguments: String...) throws -> (status: Int32, errors: String) {
            let errors = Pipe()
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                ["setpriv", "--reuid=\(user)", "--regid=60000", "--clear-groups", Command.executable.path] + arguments
            process.environment = ProcessInfo.processInfo.environment.merging(Command.isolation) { $1 }
                .merging(["HOME": "/nonexistent"]) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = errors
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
        let path = scratch.path("i.quarry")
        let first = try run(as: 60_001, "index", scratch.path("docs"), "--index", path, "--model", "none")
        guard first.status == 0 else { try Test.cancel("Other users cannot run the program here: \(first.errors)") }
        #expect(try run(as: 60_002, "query", "--retrieve", "lighthouse", "--index", path).status == 0)
        try write(2, to: scratch)
        let second = try run(as: 60_001, "index", scratch.path("docs"), "--index", path, "--model", "none")
        #expect(second.status == 0, "\(second.errors)")
        #expect(try CorpusIndex.open(at: path, readOnly: true).summary().documents == 2)
        // Changes in a log that the owner may not write are named, with the user who has it.
        try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let other = try run(as: 60_002, "query", "--retrieve", "lighthouse", "--index", path)
        #expect(other.status == 1)
        #expect(other.errors.contains("may not read \(path)") && other.errors.contains("60001"), "\(other.errors)")
    }
}
