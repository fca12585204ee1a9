/// A problem in a file of judgements, queries or results, with its line.
public struct EvaluationFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A line does not have the fields of its format.
        case malformedLine
        /// A line repeats or contradicts an earlier one.
        case duplicate
        /// An id is empty, so it cannot be written in the format.
        case unwritableID
    }

    public var code: Code
    public var file: String
    /// 1-based; nil if the problem is not in a line.
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

/// The non-blank lines of a text with their numbers, from 1. Lines end with `\n` or `\r\n`.
func numberedLines(of text: String) -> [(number: Int, content: Substring)] {
    numberedLines(of: text.utf8).map { ($0.number, Substring($0.content)) }
}

/// The same for bytes, which need not be valid UTF-8.
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

/// The fields of a line, separated by tabs if it has any, and by runs of spaces otherwise.
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
