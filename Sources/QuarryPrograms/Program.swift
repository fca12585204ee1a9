import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A program of this machine. It runs in a child process without input and without this process's descriptors.
package struct Program: Sendable, Hashable {
    /// The name in error messages.
    package let name: String
    /// The file that is run.
    package let path: String

    private init(name: String, path: String) {
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
    /// A program that runs too long, writes too much or whose caller is cancelled is killed with its own children.
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
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        let variables = Dictionary(
            environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }, uniquingKeysWith: { $1 })
        // The limit of memory is set by a shell that the program then replaces. The shell reads no argument of the
        // program, so nothing in it can be taken for a command. A limit above that of the machine changes nothing.
        // The limit of processor time, on several processors, ends a program whose parent was killed.
        let seconds = 8 * max(1, limits.duration.components.seconds)
        let memory = limits.memoryBytes.map {
            [
                "-c", "ulimit -v \"$0\" 2>/dev/null; ulimit -t \"$1\" 2>/dev/null; shift; exec \"$@\"", "\($0 >> 10)",
                "\(seconds)", path,
            ]
        }
        let configuration = Configuration(
            executable: .path(FilePath(memory == nil ? path : "/bin/sh")),
            arguments: Arguments((memory ?? []) + arguments), environment: .custom(variables),
            platformOptions: platform)
        let program = name
        return try await withThrowingTaskGroup(of: ProgramOutput.self) { group in
            group.addTask {
                try await Self.output(of: configuration, program, limits: limits)
            }
            group.addTask {
                try await Task.sleep(for: limits.duration)
                throw ProgramError(.tooLong, "“\(program)” took longer than \(limits.duration).")
            }
            defer { group.cancelAll() }
            guard let output = try await group.next() else { throw CancellationError() }
            return output
        }
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
                    piece.withUnsafeBytes { errors += $0 }
                    if errors.count > 2 * ProgramLimits.errorBytes {
                        errors.removeFirst(errors.count - ProgramLimits.errorBytes)
                    }
                }
                return Array(errors.suffix(ProgramLimits.errorBytes))
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
