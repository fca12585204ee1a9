import Foundation

/// A real model server in a process of its own, for tests: it ends when the test process does, or when released.
package final class ModelServer: Sendable {
    /// Where the server answers.
    package let url: String
    private let process: Process
    private let input: Pipe

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - interpreter: A Python with the packages that the server needs.
    ///   - arguments: The launcher script and its arguments. It prints `READY <port>`, and ends with its input.
    /// - Throws: ``TestSupportFailure`` where the server does not come up.
    package static func start(interpreter: String, _ arguments: [String]) async throws -> ModelServer {
        try await withCheckedThrowingContinuation { continuation in
            // Loading a model takes seconds, which must not be taken from the pool that tests run on.
            Thread { continuation.resume(with: Result { try ModelServer(interpreter: interpreter, arguments) }) }
                .start()
        }
    }

    private init(interpreter: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = arguments
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // The child holds its own copy of this end; ours would keep the read below from seeing the child's death.
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while line.last != 0x0A {
            let piece = output.fileHandleForReading.readData(ofLength: 1)
            if piece.isEmpty { break }
            line.append(contentsOf: piece)
        }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0] == "READY", let port = Int(words[1]) else {
            process.terminate()
            throw TestSupportFailure("The server \(arguments) did not start under \(interpreter).")
        }
        url = "http://127.0.0.1:\(port)/v1"
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.terminate()
    }
}
