import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The path of a program in `Tests/Support`.
package func supportPath(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Support/\(name)")
        .path
}

/// Runs the Python scripts that some tests lean on, with the `python3` that the search path finds.
package struct PythonScript: Sendable {
    package struct Result: Sendable {
        package var succeeded: Bool
        package var output: String
    }

    private let path: String

    package init(path: String) { self.path = path }

    /// Runs the script.
    package func run(_ arguments: [String], input: [UInt8]) async throws -> Result {
        try await Self.python([path] + arguments, input: input)
    }

    /// Whether that Python can import a module.
    package static func canImport(_ module: String) async -> Bool {
        await (try? python(["-c", "import \(module)"], input: []))?.succeeded == true
    }

    private static func python(_ arguments: [String], input: [UInt8]) async throws -> Result {
        // A pipe would end this process with SIGPIPE if the script did not read to the end.
        let file = FileManager.default.temporaryDirectory.appending(path: "quarry-input-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(input).write(to: file)
        let descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly)
        let result = try await Subprocess.run(
            .name("python3"), arguments: Arguments(arguments),
            input: .fileDescriptor(descriptor, closeAfterSpawningProcess: true), output: .string(limit: 1 << 28))
        return Result(succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
    }
}
