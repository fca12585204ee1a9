import Foundation
import QuarryEvaluation

/// The questions on standard input, one JSON object a line, each as soon as its line is complete.
///
/// It ends with the input, and when its task is cancelled.
final class QuestionStream: Sequence, IteratorProtocol {
    private let onBroken: (EvaluationFileError) -> Void
    private var reader = EvaluationQueryReader(file: "standard input")
    private let lines = LineStream()

    /// - Parameter onBroken: Called for each line that is not a question.
    init(onBroken: @escaping (EvaluationFileError) -> Void) { self.onBroken = onBroken }

    func next() -> EvaluationQuery? {
        while let line = lines.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            do throws(EvaluationFileError) {
                return try reader.read(line, number: lines.number)
            } catch {
                onBroken(error)
            }
        }
        return nil
    }
}

/// The lines of standard input, each as soon as it is complete.
final class LineStream: Sequence, IteratorProtocol {
    private var pending: [UInt8] = []
    /// Lines read so far.
    private(set) var number = 0
    private var isAtEnd = false
    /// A longer line cannot hold a valid question. Its rest is dropped.
    private static let maximumLine = 1 << 20

    /// The next line without its end; nil at the end of the input.
    func next() -> ArraySlice<UInt8>? {
        guard let line = nextLine() else { return nil }
        number += 1
        return line
    }

    private func nextLine() -> ArraySlice<UInt8>? {
        var searched = 0
        while true {
            if let end = pending[searched...].firstIndex(of: 0x0A) {
                let line = pending[..<end]
                pending = Array(pending[(end + 1)...])
                return line.last == 0x0D ? line.dropLast() : line
            }
            if pending.count > Self.maximumLine { pending.removeLast(pending.count - Self.maximumLine) }
            searched = pending.count
            guard !isAtEnd, let piece = read() else {
                defer { pending = [] }
                return pending.isEmpty ? nil : pending[...]
            }
            if pending.isEmpty, number == 0, piece.starts(with: "\u{FEFF}".utf8) {
                pending = Array(piece.dropFirst(3))
            } else {
                pending += piece
            }
        }
    }

    /// Waits for bytes; nil at the end, after an error, and when the task is cancelled.
    private func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !Task.isCancelled {
            var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 100) > 0 else { continue }
            let length = buffer.withUnsafeMutableBytes { Foundation.read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if length < 0, errno == EINTR || errno == EAGAIN { continue }
            guard length > 0 else { break }
            return Array(buffer[..<length])
        }
        isAtEnd = true
        return nil
    }
}
