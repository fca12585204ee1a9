import Foundation
import Quarry

/// Standard input as a whole, read before a command has anything to commit.
enum StandardInput {
    /// `^C` and SIGTERM end the process while it waits. A person at a terminal is told how to end the input.
    ///
    /// - Throws: A `Rejection` if the input cannot be read or exceeds the limit.
    static func read(id: String = "-", maximumBytes: Int) async throws -> Source {
        if isatty(STDIN_FILENO) == 1, Console.standardErrorIsTerminal {
            Console.note("Reading standard input; end it with ^D.")
        }
        return try await Termination.endingAtOnce { try Source.standardInput(id: id, maximumBytes: maximumBytes) }
    }
}
