import Foundation
import QuarryPrograms
import Testing

@Suite struct ProgramTests {
    private let environment = ["PATH": "/usr/bin:/bin", "PLACE": "here"]

    private func shell(
        _ script: String, input: [UInt8] = [], duration: Duration = .seconds(60), bytes: Int = 1 << 20,
        memory: Int? = nil
    ) async throws -> ProgramOutput {
        let program = try #require(Program.find("sh", environment: environment))
        return try await program.run(
            ["-c", script], environment: environment, input: input,
            limits: ProgramLimits(duration: duration, outputBytes: bytes, memoryBytes: memory))
    }

    @Test func `a program gets its input and variables, and returns its output, errors and status`() async throws {
        let output = try await shell("cat; echo $PLACE; echo wrong >&2; exit 7", input: Array("in ".utf8))
        #expect(String(decoding: output.bytes, as: UTF8.self) == "in here\n")
        #expect(String(decoding: output.errors, as: UTF8.self) == "wrong\n")
        #expect(output.end == .status(7) && !output.succeeded)
    }

    @Test func `a signal is told apart from a status`() async throws {
        #expect(try await shell("kill -9 $$").end == .signal(9))
    }

    @Test func `a program that does not read its input ends as usual`() async throws {
        #expect(try await shell("exit 0", input: [UInt8](repeating: 1, count: 1 << 20)).succeeded)
    }

    @Test func `only the first errors are kept, and all are read`() async throws {
        let output = try await shell("yes trouble | head -c 1000000 >&2; echo done")
        #expect(output.errors.count == 1 << 16 && output.bytes == Array("done\n".utf8))
    }

    @Test func `a program that writes too much is ended`() async throws {
        let error = await #expect(throws: ProgramError.self) { try await shell("yes", bytes: 1000) }
        #expect(error?.code == .tooMuchOutput && error?.description.contains("1000 bytes") == true)
    }

    @Test func `a program that takes too long is ended with its own children`() async throws {
        let mark = UUID().uuidString
        let folder = FileManager.default.temporaryDirectory.appending(path: "quarry-program-\(mark)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let late = folder.appending(path: "late").path
        let error = await #expect(throws: ProgramError.self) {
            try await shell(
                "trap '' TERM; (trap '' TERM; sleep 4; echo > '\(late)') & sleep 600", duration: .milliseconds(300))
        }
        #expect(error?.code == .tooLong)
        try await Task.sleep(for: .seconds(5))
        #expect(!FileManager.default.fileExists(atPath: late))
    }

    @Test func `cancelling the caller ends the program`() async throws {
        let task = Task { try await shell("sleep 600") }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    #if os(Linux)
        @Test func `a program cannot take more memory than its limit`() async throws {
            let output = try await shell(
                "sleep 1; head -c 400000000 /dev/zero | tail -n 1 | wc -c", duration: .seconds(60), memory: 100_000_000)
            #expect(output.bytes != Array("400000000\n".utf8))
        }
    #endif

    @Test func `a program is found as a shell finds it`() {
        #expect(Program.find("sh", environment: ["PATH": "/nonexistent:/bin"])?.path == "/bin/sh")
        #expect(Program.find("/bin/sh", environment: [:])?.path == "/bin/sh")
        #expect(Program.find("no-such-program", environment: environment) == nil)
        #expect(Program.find("/bin", environment: environment) == nil)
    }
}
