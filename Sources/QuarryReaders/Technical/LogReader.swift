public import QuarryCore
import QuarryText

/// Reads logs: each entry is an item of a list, so that it is found and quoted alone.
///
/// An entry has one line, and those after it that continue it, such as a stack trace: lines without a time if most have
/// one, and otherwise indented lines. Repeated entries stay.
public struct LogReader: Reader {
    public init() {}

    public var formatName: String { "logs" }
    public var pathExtensions: Set<String> { ["log"] }
    public var version: String { "log/2" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        MarkupDocument.read(source, isTitled: false) { bytes in
            let lines = TextLines(bytes)
            var document = MarkupDocument()
            LogEntries(lines).write(to: &document.writer)
            return document
        }
    }
}

/// The entries of a log.
private struct LogEntries {
    private let lines: TextLines
    /// Whether an entry begins with a time.
    private let isTimed: Bool

    /// An entry that goes on longer is divided.
    private static let maximumLines = 200
    /// A time is looked for in so many bytes.
    private static let start = 64

    init(_ lines: TextLines) {
        self.lines = lines
        let sample = (0..<min(lines.count, 1_000)).filter { !lines.isBlank($0) && lines.indentation(of: $0) == 0 }
        isTimed = 2 * sample.count { Self.hasTime(lines.bytes[lines[$0]].prefix(Self.start)) } > sample.count
    }

    func write(to writer: inout DocumentWriter) {
        var length = 0
        for line in 0..<lines.count where !lines.isBlank(line) {
            if length == 0 || length == Self.maximumLines || begins(line) {
                writer.begin(.item(depth: 0))
                length = 0
            } else {
                writer.append(" ")
            }
            length += 1
            writer.append(lines.trimmed(line), of: lines.bytes)
        }
        writer.end()
    }

    private func begins(_ line: Int) -> Bool {
        guard lines.indentation(of: line) == 0 else { return false }
        return !isTimed || Self.hasTime(lines.bytes[lines[line]].prefix(Self.start))
    }

    /// Whether a text has a time such as `12:05`, or a date such as `2026-03-05`.
    private static func hasTime(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let bytes = Array(text)
        return bytes.indices.dropFirst(2).dropLast(2).contains { sign in
            let isBetweenDigits = [sign - 2, sign - 1, sign + 1, sign + 2].allSatisfy { bytes[$0].isASCIIDigit }
            return isBetweenDigits && [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/")].contains(bytes[sign])
        }
    }
}
