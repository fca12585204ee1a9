import Foundation
import QuarryPrograms

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
        let environment = ProcessInfo.processInfo.environment
        guard let python = Program.find("python3", environment: environment) else {
            throw TestSupportFailure("There is no python3.")
        }
        let output = try await python.run(
            arguments, environment: environment, input: input,
            limits: ProgramLimits(duration: .seconds(600), outputBytes: 1 << 28))
        return Result(succeeded: output.succeeded, output: String(decoding: output.bytes, as: UTF8.self))
    }
}
