import Foundation

/// The two voices of the tool: results on standard output, talk on standard error.
enum Console {
    static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// - Throws: ``ClosedPipe`` when nobody reads any more.
    static func print(_ text: String, terminator: String = "\n") throws {
        var bytes = Array((text + terminator).utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { throw ClosedPipe() }
                throw OutputError(reason: String(cString: strerror(errno)))
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Says something on standard error. Where nobody can hear it, the work goes on.
    static func note(_ text: String, terminator: String = "\n") {
        var bytes = Array((text + terminator).utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    static func message(of error: any Error) -> String {
        error is CocoaError ? error.localizedDescription : "\(error)"
    }
}

/// Standard output cannot be written.
struct OutputError: Error, CustomStringConvertible {
    var reason: String
    var description: String { "Standard output cannot be written: \(reason)." }
}
