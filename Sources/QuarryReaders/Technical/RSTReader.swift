public import QuarryCore

/// Reads reStructuredText, with the directives and roles of docutils and Sphinx.
///
/// Admonitions, captions, footnotes and descriptions of functions stay as paragraphs. Comments, options of directives,
/// targets of links, tables of contents and inclusions are left out. Fields at the top, such as `:author:`, become
/// metadata.
public struct RSTReader: Reader {
    public init() {}

    public var formatName: String { "reStructuredText" }
    public var pathExtensions: Set<String> { ["rst", "rest"] }
    public var version: String { "rst/1" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        MarkupDocument.read(source) { bytes in
            var parser = RSTParser(TextLines(bytes))
            parser.parse()
            return parser.output
        }
    }
}
