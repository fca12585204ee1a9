import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A real model server in a process of its own, for tests: it ends when the test process does, or when released.
package final class ModelServer: Sendable {
    /// Where the server answers.
    package let url: String
    private let process: Task<Void, Never>

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - interpreter: A Python with the packages that the server needs.
    ///   - arguments: The launcher script and its arguments. It prints `READY <port>`, and ends with its input.
    /// - Throws: ``TestSupportFailure`` where the server does not come up.
    package static func start(interpreter: String, _ arguments: [String]) async throws -> ModelServer {
        let (lines, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingOldest(1))
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let configuration = Configuration(
            executable: .path(FilePath(interpreter)), arguments: Arguments(arguments), platformOptions: platform)
        let process = Task {
            // A server that cannot be run prints no line.
            _ = try? await Subprocess.run(configuration, input: .inputWriter, output: .sequence, error: .discarded) {
                for try await line in $0.standardOutput.strings() { continuation.yield(line) }
            }
            continuation.finish()
        }
        let words = await lines.first { _ in true }?.split(whereSeparator: \.isWhitespace) ?? []
        guard words.count == 2, words[0] == "READY", let port = Int(words[1]) else {
            process.cancel()
            throw TestSupportFailure("The server \(arguments) did not start under \(interpreter).")
        }
        return ModelServer(url: "http://127.0.0.1:\(port)/v1", process: process)
    }

    private init(url: String, process: Task<Void, Never>) {
        self.url = url
        self.process = process
    }

    deinit { process.cancel() }
}
