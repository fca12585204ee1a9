/// What is wrong with a file of judgements, queries or results, and where.
public struct EvaluationFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A line has not the fields its format asks for.
        case malformedLine
        /// A line says again, or otherwise, what an earlier one said.
        case duplicate
        /// An id cannot be written in the format, because it is empty.
        case unwritableID
    }

    public var code: Code
    public var file: String
    /// 1-based; nil where no line is at fault.
    public var line: Int?
    public var message: String

    init(_ code: Code, file: String, line: Int? = nil, _ message: String) {
        self.code = code
        self.file = file
        self.line = line
        self.message = message
    }

    public var description: String { line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)" }
}

/// The lines of a text that are not blank, with their numbers from 1. Lines end with `\n` or `\r\n`.
func numberedLines(of text: String) -> [(number: Int, content: Substring)] {
    numberedLines(of: text.utf8).map { ($0.number, Substring($0.content)) }
}

/// The same of bytes, which may be no text.
func numberedLines<Bytes: BidirectionalCollection<UInt8>>(
    of bytes: Bytes
) -> [(number: Int, content: Bytes.SubSequence)] {
    var lines: [(Int, Bytes.SubSequence)] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        var line = line.last == 0x0D ? line.dropLast() : line
        if index == 0, line.starts(with: "\u{FEFF}".utf8) { line = line.dropFirst(3) }
        if !line.allSatisfy(isBlank) { lines.append((index + 1, line)) }
    }
    return lines
}

/// Fields between tabs where a line has tabs, between runs of spaces otherwise.
func fields(of line: Substring) -> [String] {
    guard line.utf8.contains(0x09) else {
        return line.utf8.split(whereSeparator: isBlank).map { String(Substring($0)) }
    }
    return line.utf8.split(separator: 0x09, omittingEmptySubsequences: false).map { field in
        var field = field.drop(while: isBlank)
        while let last = field.last, isBlank(last) { field.removeLast() }
        return String(Substring(field))
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
