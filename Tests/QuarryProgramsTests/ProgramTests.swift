import Foundation
import QuarryPrograms
import Testing

@Suite struct ProgramTests {
    private let environment = ["PATH": "/usr/bin:/bin", "PLACE": "here"]

    private func shell(
        _ script: String, duration: Duration = .seconds(60), bytes: Int = 1 << 20
    ) async throws -> ProgramOutput {
        let program = try #require(Program.find("sh", environment: environment))
        return try await program.run(
            ["-c", script], environment: environment,
            limits: ProgramLimits(duration: duration, outputBytes: bytes))
    }

    @Test func `a program gets its variables and no input, and returns its output, errors and status`() async throws {
        let output = try await shell("cat; echo $PLACE; echo wrong >&2; exit 7")
        #expect(String(decoding: output.bytes, as: UTF8.self) == "here\n")
        #expect(String(decoding: output.errors, as: UTF8.self) == "wrong\n")
        #expect(output.end == .status(7) && !output.succeeded)
    }

    @Test func `a signal is told apart from a status`() async throws {
        #expect(try await shell("kill -9 $$").end == .signal(9))
    }

    @Test func `only the last errors are kept, and all are read`() async throws {
        let output = try await shell("yes trouble | head -c 1000000 >&2; echo last >&2; echo done")
        #expect(output.errors.count == 1 << 16 && output.errors.suffix(5).elementsEqual("last\n".utf8))
        #expect(output.bytes == Array("done\n".utf8))
    }

    @Test func `a program that writes too much is ended`() async throws {
        let error = await #expect(throws: ProgramError.self) { try await shell("yes", bytes: 1000) }
        #expect(error?.code == .tooMuchOutput && error?.description.contains("1000 bytes") == true)
    }

    #if os(Linux)
        /// Runs a script that starts a child which ignores SIGTERM, and returns whether the child is gone in the end.
        private func childIsGone(after run: (_ script: String) async throws -> Void) async throws -> Bool {
            let file = FileManager.default.temporaryDirectory.appending(path: "quarry-program-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: file) }
            try await run("(trap '' TERM; exec sleep 900) & echo $! > '\(file.path)'; wait")
            let child = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
            for _ in 0..<500 {
                // A zombie has an empty command line.
                let line = try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)
                if (line ?? "").isEmpty { return true }
                try await Task.sleep(for: .milliseconds(20))
            }
            return false
        }

        @Test func `a program that takes too long is killed with its own children`() async throws {
            let isGone = try await childIsGone { script in
                let error = await #expect(throws: ProgramError.self) {
                    try await shell(script, duration: .seconds(2))
                }
                #expect(error?.code == .tooLong)
            }
            #expect(isGone)
        }

        @Test func `cancelling the caller kills the program and its children`() async throws {
            let isGone = try await childIsGone { script in
                let task = Task { try await shell(script) }
                try await Task.sleep(for: .seconds(2))
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(isGone)
        }
    #endif

    @Test func `a program is found as a shell finds it`() {
        #expect(Program.find("sh", environment: ["PATH": "/nonexistent:/bin"])?.path == "/bin/sh")
        #expect(Program.find("/bin/sh", environment: [:])?.path == "/bin/sh")
        #expect(Program.find("no-such-program", environment: environment) == nil)
        #expect(Program.find("/bin", environment: environment) == nil)
    }
}
