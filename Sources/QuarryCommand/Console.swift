import Foundation
import Quarry

/// Prints results to standard output and notes to standard error.
enum Console {
    static var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether a person can be asked: standard input and standard error are terminals.
    static var canAsk: Bool { standardErrorIsTerminal && isatty(STDIN_FILENO) == 1 }

    /// Asks a question on standard error.
    /// - Returns: Whether the answer is yes.
    static func ask(_ question: String) -> Bool {
        note(question, terminator: "")
        return ["y", "yes", "д", "да"].contains((readLine() ?? "").lowercased())
    }

    /// The width of the terminal on standard error; 80 if it is unknown.
    static var columns: Int { columns(of: STDERR_FILENO) ?? 80 }

    /// The width that results are fitted to: that of `COLUMNS`, or of the terminal on standard output. Nil for neither:
    /// then a table has one line for each row, as other programs read it.
    static var outputColumns: Int? {
        let given = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
        return given.flatMap { $0 > 0 ? $0 : nil } ?? columns(of: STDOUT_FILENO)
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Prints a result, with control characters made visible (see ``Swift/String/visible``).
    ///
    /// - Throws: ``ClosedPipe`` when the reader has closed the pipe.
    static func print(_ text: String, terminator: String = "\n") throws {
        if let error = send(text.visible + terminator, to: STDOUT_FILENO) { throw outputError(error) }
    }

    /// Prints a result in sentences. On a terminal they are broken at words.
    ///
    /// - `indent`: Blanks before what follows the first line of a broken one.
    static func prose(_ text: String, indent: Int = 0) throws {
        try print(columns(of: STDOUT_FILENO).map { text.visible.wrapped(to: $0, indent: indent) } ?? text)
    }

    /// Prints a line with words in bold on a terminal, broken at words there, and without bold elsewhere.
    ///
    /// - Parameters:
    ///   - start: What stands before the line.
    ///   - bold: UTF-8 offsets into the line, ascending.
    static func prose(_ line: String, after start: String, bold: [Range<Int>]) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let columns = columns(of: STDOUT_FILENO), environment["TERM"] != "dumb",
            environment["NO_COLOR", default: ""].isEmpty
        else { return try prose(start + line) }
        var parts: [(text: String, isBold: Bool)] = [(start, false)]
        let bytes = Array(line.utf8)
        var end = 0
        for range in bold where range.lowerBound >= end && range.upperBound <= bytes.count {
            parts.append((String(decoding: bytes[end..<range.lowerBound], as: UTF8.self), false))
            parts.append((String(decoding: bytes[range], as: UTF8.self), true))
            end = range.upperBound
        }
        parts.append((String(decoding: bytes[end...], as: UTF8.self), false))
        let shown = parts.map { (text: $0.text.visible, isBold: $0.isBold) }
        let text = shown.map(\.text).joined().wrapped(to: columns).withBold(shown)
        if let error = send(text + "\n", to: STDOUT_FILENO) { throw outputError(error) }
    }

    private static func outputError(_ error: Int32) -> any Error {
        error == EPIPE ? ClosedPipe() : OutputError(reason: String(cString: strerror(error)))
    }

    /// Prints a note with control characters made visible, on a terminal broken at words. A closed standard error is
    /// ignored.
    static func note(_ text: String, terminator: String = "\n") {
        let isWhole = terminator == "\n"
        let shown = isWhole ? columns(of: STDERR_FILENO).map { text.visible.wrapped(to: $0) } : nil
        _ = send((shown ?? text.visible) + terminator, to: STDERR_FILENO)
    }

    /// Replaces the current line of the terminal, cut to its width: a longer one would move on with each call. An empty
    /// text clears it.
    static func status(_ line: String) {
        _ = send("\r\u{1B}[K" + line.visibleInLine.cut(to: columns - 1), to: STDERR_FILENO)
    }

    /// - Returns: The system's error number if the text could not be written completely.
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

    /// An error's description with its ``Advice``.
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
