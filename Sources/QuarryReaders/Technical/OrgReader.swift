public import QuarryCore

/// Reads Org files: headings without their keywords and tags, lists, tables, blocks and footnotes.
///
/// Comments, drawers, planning lines, options and blocks for other exporters are left out. The title, author and date of
/// the file become metadata.
public struct OrgReader: Reader {
    public init() {}

    public var formatName: String { "Org" }
    public var pathExtensions: Set<String> { ["org"] }
    public var version: String { "org/1" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        MarkupDocument.read(source) { bytes in
            var parser = OrgParser(TextLines(bytes))
            parser.parse()
            return parser.output
        }
    }
}
