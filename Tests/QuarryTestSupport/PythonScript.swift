import Foundation
import Subprocess
import Synchronization

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

/// Runs Python scripts for tests with the `python3` of the search path.
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

    /// Whether that Python can import a module. Each module is tried once.
    package static func canImport(_ module: String) async -> Bool {
        await imports.withLock { imports in
            let attempt =
                imports[module]
                ?? Task { await (try? python(["-c", "import \(module)"], input: []))?.succeeded == true }
            imports[module] = attempt
            return attempt
        }.value
    }

    private static let imports = Mutex<[String: Task<Bool, Never>]>([:])

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
