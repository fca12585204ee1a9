import Foundation
import QuarryTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Runs the built `quarry` as an ordinary user, because root can read every file.
private struct UnprivilegedCommand {
    private static let nobody = 65_534
    private let scratch: TemporaryFolder
    private let executable: String
    private let wrapper: [String]

    /// Nil if the tests run as root and there is no tool to drop privileges.
    init?(in scratch: TemporaryFolder) throws {
        self.scratch = scratch
        guard geteuid() == 0 else {
            (executable, wrapper) = (Command.executable.path, [])
            return
        }
        // Other users may not have access to the build folder.
        executable = scratch.path("quarry")
        try FileManager.default.copyItem(atPath: Command.executable.path, toPath: executable)
        chmod(executable, 0o755)
        let candidates = [
            ["setpriv", "--reuid=\(Self.nobody)", "--regid=\(Self.nobody)", "--clear-groups", "--"],
            ["runuser", "-u", "nobody", "--"],
        ]
        guard
            let found = candidates.first(where: { (try? Self.run($0 + [scratch.path("quarry"), "--version"]))?.0 == 0 })
        else { return nil }
        wrapper = found
    }

    /// The exit code, and both outputs.
    func callAsFunction(_ arguments: String...) throws -> (status: Int32, text: String) {
        try Self.run(wrapper + [executable] + arguments, in: scratch.url)
    }

    private static func run(_ arguments: [String], in folder: URL? = nil) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(Command.isolation) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}

struct UnreadableInputTests {
    /// Four indexed notes: two in `docs`, one in `docs/shut`, one in `docs/shut/deep`.
    private func notes() throws -> (scratch: TemporaryFolder, quarry: UnprivilegedCommand) {
        let scratch = try TemporaryFolder()
        chmod(scratch.url.path, 0o777)
        for (name, subject) in [
            ("a.md", "lighthouses"), ("b.md", "windmills"), ("shut/c.md", "aqueducts"), ("shut/deep/d.md", "causeways"),
        ] {
            try scratch.write("A note on \(subject).", to: "docs/\(name)")
            chmod(scratch.path("docs/\(name)"), 0o644)
        }
        for name in ["docs", "docs/shut", "docs/shut/deep"] { chmod(scratch.path(name), 0o755) }
        guard let quarry = try UnprivilegedCommand(in: scratch) else {
            try Test.cancel("These tests run as root, and neither setpriv nor runuser can drop privileges.")
        }
        let first = try quarry("index", "docs", "--model", "none")
        try #require(first.status == 0, "\(first.text)")
        #expect(first.text.contains("documents: 4 written"))
        return (scratch, quarry)
    }

    private func expectAllFound(_ quarry: UnprivilegedCommand) throws {
        for subject in ["lighthouses", "windmills", "aqueducts", "causeways"] {
            let found = try quarry("query", "--retrieve", subject)
            #expect(found.text.contains("A note on \(subject)."), "\(found.text)")
        }
    }

    @Test(arguments: [0o700, 0o744, 0o711] as [mode_t])
    func `documents of a folder that became unreadable stay in the index`(mode: mode_t) throws {
        let (scratch, quarry) = try notes()
        // For the owner, the owner's bits count: copy the bits of the others.
        let shut = geteuid() == 0 ? mode : mode & 0o077 | (mode & 0o007) << 6
        chmod(scratch.path("docs/shut"), shut)
        defer { chmod(scratch.path("docs/shut"), 0o755) }
        let second = try quarry("index", "docs", "--model", "none")
        #expect(second.status == 2)
        #expect(second.text.contains("not indexed: docs/shut"), "\(second.text)")
        #expect(second.text.contains(/Up to date: [23] files, nothing changed/), "\(second.text)")
        try expectAllFound(quarry)
        #expect(try quarry("doctor").status == 0)

        chmod(scratch.path("docs/shut"), 0o755)
        let third = try quarry("index", "docs", "--model", "none")
        #expect(third.status == 0, "\(third.text)")
        #expect(third.text.contains("Up to date: 4 files, nothing changed"), "\(third.text)")
    }

    @Test func `the quarantine of a folder that became unreadable stays`() throws {
        let (scratch, quarry) = try notes()
        try scratch.write("{\"text\": \"ok\"}\n{oops\n", to: "docs/shut/records.jsonl")
        #expect(try quarry("index", "docs", "--model", "none").text.contains("docs/shut/records.jsonl:2"))
        for mode in [0, 0o755] as [mode_t] {
            chmod(scratch.path("docs/shut"), mode)
            let outcome = try quarry("index", "docs", "--model", "none")
            #expect(outcome.status == 2)
            #expect(outcome.text.contains("docs/shut/records.jsonl:2"), "\(outcome.text)")
            #expect(outcome.text.contains("docs/shut: ") == (mode == 0))
        }
    }

    @Test func `a root that became unreadable is an error, and nothing is deleted`() throws {
        let (scratch, quarry) = try notes()
        chmod(scratch.path("docs"), 0)
        defer { chmod(scratch.path("docs"), 0o755) }
        let second = try quarry("index", "docs", "--model", "none")
        #expect(second.status == 1)
        #expect(second.text.contains("docs: The folder cannot be read"), "\(second.text)")
        try expectAllFound(quarry)
    }

    @Test func `an unreadable file is listed, and its old text stays`() throws {
        let (scratch, quarry) = try notes()
        try scratch.write("Another text of another length.", to: "docs/b.md")
        try scratch.write("A new note on ferries.", to: "docs/e.md")
        for name in ["docs/b.md", "docs/e.md"] { chmod(scratch.path(name), 0) }
        let second = try quarry("index", "docs", "--model", "none")
        #expect(second.status == 2)
        for name in ["docs/b.md", "docs/e.md"] {
            #expect(second.text.contains("not indexed: \(name): The file cannot be read: "), "\(second.text)")
        }
        #expect(!second.text.contains("removed") && !second.text.contains("deleted"), "\(second.text)")
        try expectAllFound(quarry)

        for name in ["docs/b.md", "docs/e.md"] { chmod(scratch.path(name), 0o644) }
        let third = try quarry("index", "docs", "--model", "none")
        #expect(third.status == 0, "\(third.text)")
        #expect(third.text.contains("documents: 2 written"))
    }
}
