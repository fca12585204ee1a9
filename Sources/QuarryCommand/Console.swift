import Foundation
import Quarry

/// The two voices of the tool: results on standard output, talk on standard error.
enum Console {
    static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Prints a result. Control characters are shown and not sent, see ``Swift/String/visible``.
    ///
    /// - Throws: ``ClosedPipe`` when nobody reads any more.
    static func print(_ text: String, terminator: String = "\n") throws {
        switch send(text.visible + terminator, to: STDOUT_FILENO) {
        case nil: return
        case EPIPE: throw ClosedPipe()
        case let error?: throw OutputError(reason: String(cString: strerror(error)))
        }
    }

    /// Says something on standard error, in visible characters. Where nobody can hear it, the work goes on.
    static func note(_ text: String, terminator: String = "\n") {
        _ = send(text.visible + terminator, to: STDERR_FILENO)
    }

    /// Puts a line in the place of the one that the terminal's cursor is in; an empty one clears it.
    static func status(_ line: String) {
        _ = send("\r\u{1B}[K" + line.visible, to: STDERR_FILENO)
    }

    /// - Returns: The system's error, where not all of the text could be written.
    static func send(_ text: String, to descriptor: Int32) -> Int32? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return written < 0 ? errno : EIO }
            bytes = bytes.dropFirst(written)
        }
        return nil
    }

    static func message(of error: any Error) -> String {
        switch error {
        case is CocoaError: error.localizedDescription
        case let error as CorpusError: error.advice.map { "\(error) \($0)" } ?? "\(error)"
        default: "\(error)"
        }
    }
}

/// Standard output cannot be written.
struct OutputError: Error, CustomStringConvertible {
    var reason: String
    var description: String { "Standard output cannot be written: \(reason)." }
}
