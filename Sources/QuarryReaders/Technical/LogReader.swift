public import QuarryCore

/// Reads logs: one block of lines, which is cut only between lines.
///
/// The text is that of the file, cleaned. Repeated lines and stack traces stay.
public struct LogReader: Reader {
    public init() {}

    public var formatName: String { "logs" }
    public var pathExtensions: Set<String> { ["log"] }
    public var version: String { "log/1" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        var result = PlainTextReader().read(source)
        for index in result.documents.indices {
            let count = result.documents[index].text.utf8.count
            result.documents[index].blocks = [Block(kind: .code(language: nil), range: 0..<count)]
        }
        return result
    }
}
