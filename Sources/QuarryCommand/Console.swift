import Foundation
import Quarry

/// The two voices of the tool: results on standard output, talk on standard error.
enum Console {
    static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The width of the terminal behind standard error; 80 where it is unknown.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Prints a result. Control characters are shown and not sent, see ``Swift/String/visible``.
    ///
    /// - Throws: ``ClosedPipe`` when the reader is gone.
    static func print(_ text: String, terminator: String = "\n") throws {
        switch send(text.visible + terminator, to: STDOUT_FILENO) {
        case nil: return
        case EPIPE: throw ClosedPipe()
        case let error?: throw OutputError(reason: String(cString: strerror(error)))
        }
    }

    /// Says something on standard error, in visible characters. A closed standard error is ignored.
    static func note(_ text: String, terminator: String = "\n") {
        _ = send(text.visible + terminator, to: STDERR_FILENO)
    }

    /// Replaces the line of the terminal's cursor; an empty one clears it.
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

    /// An error's description and ``Advice``.
    static func message(of error: any Error) -> String {
        let text = error is CocoaError ? error.localizedDescription : "\(error)"
        return Advice.text(for: error).map { "\(text) \($0)" } ?? text
    }
}

/// Standard output cannot be written.
struct OutputError: Error, CustomStringConvertible {
    var reason: String
    var description: String { "Standard output cannot be written: \(reason)." }
}
