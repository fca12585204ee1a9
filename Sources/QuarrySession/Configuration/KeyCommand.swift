import Foundation
import QuarryPrograms
import QuarryProviders

/// Gets a key from another program, such as a password manager.
///
/// The program runs without a shell and without input. The first line of its output is the key, and its errors are
/// discarded. Its output is never shown.
package struct KeyCommand: Sendable {
    /// The default is 30 s: a password manager may have to ask the user first.
    package var timeout: Duration
    /// The limit on the output.
    static let maximumBytes = 1 << 16

    package init(timeout: Duration = .seconds(30)) {
        self.timeout = timeout
    }

    /// - `environment`: The environment of the program. Its `PATH` is used to find the program.
    /// - Throws: ``KeyCommandError``.
    func key(from words: [String], environment: [String: String]) async throws -> APIKey {
        guard let name = words.first else { throw KeyCommandError("the command is empty.") }
        guard let program = Program.find(name, environment: environment) else {
            throw KeyCommandError("there is no program “\(name)”.")
        }
        let output = try await output(of: program, Array(words.dropFirst()), environment: environment)
        let line = output.prefix { $0 != 0x0A && $0 != 0x0D }
        guard let text = String(validating: line, as: UTF8.self),
            let key = APIKey(text.trimmingCharacters(in: .whitespaces))
        else {
            throw KeyCommandError("the first line of “\(name)” is not a key.")
        }
        return key
    }

    private func output(
        of program: Program, _ arguments: [String], environment: [String: String]
    ) async throws -> [UInt8] {
        let limits = ProgramLimits(duration: timeout, outputBytes: Self.maximumBytes)
        do {
            let output = try await program.run(arguments, environment: environment, limits: limits)
            guard output.succeeded else { throw KeyCommandError("“\(program.name)” ended with \(output.end).") }
            return output.bytes
        } catch let error as ProgramError {
            let detail = error.code == .tooMuchOutput ? " That is not a key." : ""
            throw KeyCommandError(error.description + detail)
        }
    }
}

/// A program that did not return a key. The description never contains its output.
struct KeyCommandError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
