import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A program of this machine, run in a child process: without input, without this process's descriptors, and within limits.
package struct Program: Sendable, Hashable {
    /// What errors call it.
    package let name: String
    /// The file that is run.
    package let path: String

    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }

    /// Finds a program as a shell does: a name with a slash is a path, another is looked for in the folders of `PATH`.
    ///
    /// - Returns: `nil` if there is no such file that this process may execute.
    package static func find(_ name: String, environment: [String: String]) -> Program? {
        let files = FileManager.default
        func isProgram(_ path: String) -> Bool {
            var isFolder: ObjCBool = false
            return files.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && files.isExecutableFile(atPath: path)
        }
        if name.contains("/") { return isProgram(name) ? Program(name: name, path: name) : nil }
        return (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(name)" }.first(where: isProgram).map { Program(name: name, path: $0) }
    }

    /// Runs the program until it ends or meets a limit.
    ///
    /// A program that runs too long, writes too much or whose caller is cancelled is terminated with its own children, and
    /// killed half a second later.
    ///
    /// - Parameters:
    ///   - environment: All variables that the program sees.
    /// - Throws: ``ProgramError``; `CancellationError` if the caller is cancelled. An exit status is not an error.
    package func run(
        _ arguments: [String], environment: [String: String], limits: ProgramLimits
    ) async throws -> ProgramOutput {
        var platform = PlatformOptions()
        platform.processGroupID = 0
        platform.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
        ]
        let variables = Dictionary(
            environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }, uniquingKeysWith: { $1 })
        let (executable, arguments) = limited(arguments, memoryBytes: limits.memoryBytes)
        let configuration = Configuration(
            executable: .path(FilePath(executable)), arguments: Arguments(arguments), environment: .custom(variables),
            platformOptions: platform)
        let program = name
        return try await withThrowingTaskGroup(of: ProgramOutput.self) { group in
            group.addTask {
                try await Self.output(of: configuration, program, limits: limits)
            }
            group.addTask {
                try await Task.sleep(for: limits.duration)
                throw ProgramError(.tooLong, program: program, "“\(program)” took longer than \(limits.duration).")
            }
            defer { group.cancelAll() }
            guard let output = try await group.next() else { throw CancellationError() }
            return output
        }
    }

    /// The command line that sets the limit on memory before the program starts, which only the child itself can do. The
    /// shell gets the program and its arguments as they are, and reads none of them.
    private func limited(_ arguments: [String], memoryBytes: Int?) -> (executable: String, arguments: [String]) {
        guard let memoryBytes else { return (path, arguments) }
        let script = "ulimit -v \"$0\" 2>/dev/null; exec \"$@\""
        return ("/bin/sh", ["-c", script, "\(memoryBytes / 1024)", path] + arguments)
    }

    private static func output(
        of configuration: Configuration, _ program: String, limits: ProgramLimits
    ) async throws -> ProgramOutput {
        do {
            let result = try await Subprocess.run(
                configuration, input: .none, output: .bytes(limit: limits.outputBytes),
                error: .sequence
            ) { execution in
                var errors: [UInt8] = []
                for try await piece in execution.standardError {
                    let room = ProgramLimits.errorBytes - errors.count
                    if room > 0 { piece.withUnsafeBytes { errors += $0.prefix(room) } }
                }
                return errors
            }
            return ProgramOutput(
                end: ProgramOutput.End(result.terminationStatus), bytes: result.standardOutput,
                errors: result.closureResult)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw ProgramError(error, program: program, limits: limits)
        }
    }
}
