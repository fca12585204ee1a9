import ArgumentParser
import Dispatch
import Foundation
import Quarry

/// Ends the process with an exit code and a message on standard error.
enum Termination {
    static let failure = ExitCode(1)
    static let quarantined = ExitCode(2)
    static let notInDocuments = ExitCode(3)
    static let interrupted = ExitCode(130)

    /// Runs `body` and exits. `^C` and SIGTERM cancel it at the next commit. A second signal ends the process at once.
    static func exiting(_ body: @escaping @Sendable () async throws -> Void) async -> Never {
        signal(SIGPIPE, SIG_IGN)
        let work = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if work.isCancelled { _exit(130) }
                work.cancel()
            }
            source.resume()
            return source
        }
        do {
            try await work.value
            withExtendedLifetime(sources) { flushAndExit(0) }
        } catch let error {
            flushAndExit(code(reporting: error))
        }
    }

    /// Runs a command that only reads. `^C` and SIGTERM end the process at once: SQLite does not stop within a check of
    /// a large file.
    static func endingAtOnce<Result: Sendable>(_ body: () throws -> Result) async throws -> Result {
        try await withTaskCancellationHandler {
            try body()
        } onCancel: {
            Console.note("\(Interruption(isCommitting: false))")
            _exit(interrupted.rawValue)
        }
    }

    private static func code(reporting error: any Error) -> Int32 {
        switch error {
        case let code as ExitCode:
            return code.rawValue
        case let error as Interruption:
            Console.note("\(error)")
            return interrupted.rawValue
        case is ClosedPipe:
            return 0
        case is CleanExit:
            QuarryCommand.exit(withError: error)
        default:
            let code = QuarryCommand.exitCode(for: error)
            if code == .success { QuarryCommand.exit(withError: error) }
            if code != .failure {
                Console.note(
                    OptionAdvice.message(for: error, arguments: CommandLine.arguments)
                        ?? QuarryCommand.fullMessage(for: error))
                return code.rawValue
            }
            Console.note("quarry: \(Console.message(of: error))")
            return failure.rawValue
        }
    }

    private static func flushAndExit(_ code: Int32) -> Never {
        fflush(nil)
        // `exit` would free the memory of BLAS below threads that still compute.
        _exit(code)
    }
}

/// The user or the system interrupted the command.
struct Interruption: Error, CustomStringConvertible {
    /// Whether the command commits its work in steps.
    var isCommitting: Bool

    var description: String {
        isCommitting
            ? "Interrupted. Committed work is kept. Run the same command again to continue." : "Interrupted."
    }
}

/// The reader of standard output closed the pipe. This is not an error.
struct ClosedPipe: Error {}
