import Foundation

/// Reads the lines of a file in order, in the memory of the longest one.
struct LineReader {
    /// The most bytes of a line. The longest lines hold the source map of a very long document.
    static let maximumBytes = 64 << 20

    private let input: FileHandle
    private var buffer: [UInt8] = []
    /// Where the next line starts in the buffer.
    private var start = 0
    private var isAtEnd = false
    /// The number of the last line that was read, from 1.
    private(set) var number = 0

    init(_ input: FileHandle) { self.input = input }

    /// The next line that is not blank, without its end; nil after the last one.
    ///
    /// - Throws: ``CorpusError`` with the number of a line that is too long or cannot be read.
    mutating func next() throws -> Data? {
        var searched = start
        while true {
            let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n"))
            if end == nil, !isAtEnd {
                buffer.removeFirst(start)
                (start, searched) = (0, buffer.count)
                try fill()
                continue
            }
            let line = buffer[start..<(end ?? buffer.endIndex)]
            guard end != nil || !line.isEmpty else { return nil }
            start = end.map { $0 + 1 } ?? buffer.endIndex
            searched = start
            number += 1
            guard line.count <= Self.maximumBytes else { throw tooLong(number) }
            if line.contains(where: { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: " ") }) { return Data(line) }
        }
    }

    private mutating func fill() throws {
        guard buffer.count <= Self.maximumBytes else { throw tooLong(number + 1) }
        do {
            let piece = try input.read(upToCount: 1 << 20) ?? Data()
            buffer += piece
            isAtEnd = piece.isEmpty
        } catch {
            throw CorpusError(
                .input, "Line \(number + 1) cannot be read: \(error.localizedDescription)", underlyingError: error)
        }
    }

    private func tooLong(_ number: Int) -> CorpusError {
        CorpusError(.input, "Line \(number) is longer than \(Self.maximumBytes) bytes.")
    }
}
