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

    /// An embedding server that calls `act` before it answers a request.
    private func server(_ act: @escaping @Sendable () -> Void) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"one"}]}"#) }
            act()
            let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
            let rows = ((body?["input"] as? [String]) ?? []).indices.map { #"{"index":\#($0),"embedding":[0.6,0.8]}"# }
            return .json(#"{"data":[\#(rows.joined(separator: ","))]}"#)
        }
    }

    @Test func `a run whose index is deleted fails`() throws {
        let scratch = try TemporaryFolder()
        let path = scratch.path("i.quarry")
        try write(3, to: scratch)
        // The texts are committed when the server gets them.
        let server = try server {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        let outcome = try Command.run("index", scratch.path("docs"), "--index", path, "--model", "\(server.url)/v1")
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("deleted or replaced"), "\(outcome.errors)")
    }

    @Test func `a file laid over another one is refused beside the log of that one, with the name of the log`() throws {
        let scratch = try TemporaryFolder()
        let path = scratch.path("i.quarry")
        try write(1, to: scratch, word: "windmill")
        let new = scratch.path("new.quarry")
        #expect(try Command.run("index", scratch.path("docs"), "--index", new, "--model", "none").status == 0)
        try write(50, to: scratch)
        // The log as it is during a run: a kill would leave it.
        let log = scratch.path("log")
        let server = try server { try? FileManager.default.copyItem(atPath: path + "-wal", toPath: log) }
        let run = try Command.run("index", scratch.path("docs"), "--index", path, "--model", "\(server.url)/v1")
        #expect(run.status == 0, "\(run)")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: new, toPath: path)
        try FileManager.default.moveItem(atPath: log, toPath: path + "-wal")
        for command in [["query", "--retrieve", "windmill"], ["info"], ["doctor"], ["index", scratch.path("docs")]] {
            let outcome = try Command.run(command + ["--index", path])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("i.quarry-wal belongs to another file"), "\(outcome)")
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
