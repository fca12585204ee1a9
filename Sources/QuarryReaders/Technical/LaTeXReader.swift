public import QuarryCore

/// Reads LaTeX: sections, lists, tables, quotes, verbatim text, captions and footnotes.
///
/// The preamble, comments, pictures and definitions of macros are left out; the text in macros that the reader does not
/// know is read. Mathematics stays as it is written. `\title`, `\author` and `\date` become metadata.
public struct LaTeXReader: Reader {
    public init() {}

    public var formatName: String { "LaTeX" }
    public var pathExtensions: Set<String> { ["tex", "latex", "ltx"] }
    public var version: String { "latex/2" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        MarkupDocument.read(source) { bytes in
            var parser = LaTeXParser(bytes)
            parser.parse()
            return parser.output
        }
    }
}
