import Foundation

/// The path of a program in `Tests/Support`.
package func supportPath(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Support/\(name)")
        .path
}

/// Runs the Python scripts that some tests lean on.
package struct PythonScript: Sendable {
    package struct Result: Sendable {
        package var status: Int32
        package var output: String
    }

    private let path: String

    package init(path: String) { self.path = path }

    /// Runs the script with the `python3` that the search path finds, beside the pool that tests run on.
    package func run(_ arguments: [String], input: [UInt8]) async throws -> Result {
        let arguments = [path] + arguments
        return try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Swift.Result { try Self.python(arguments, input: input) }) }.start()
        }
    }

    /// Whether that Python can import a module.
    package static func canImport(_ module: String) -> Bool {
        (try? python(["-c", "import \(module)"], input: []))?.status == 0
    }

    private static func python(_ arguments: [String], input: [UInt8]) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
