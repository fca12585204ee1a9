public import QuarryCore

/// Reads AsciiDoc: sections, lists, tables, admonitions and blocks.
///
/// Captions, footnotes and admonitions stay. Comments, attributes of blocks, inclusions and pictures are left out.
/// References to attributes of the file are replaced. The title is that of the file; its author, date and attributes such
/// as `:description:` become metadata.
public struct AsciiDocReader: Reader {
    public init() {}

    public var formatName: String { "AsciiDoc" }
    public var pathExtensions: Set<String> { ["adoc", "asciidoc", "asc"] }
    public var version: String { "asciidoc/1" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        if source.bytes.starts(with: "-----BEGIN PGP".utf8) { return PlainTextReader().read(source) }
        return MarkupDocument.read(source) { bytes in
            var parser = AsciiDocParser(TextLines(bytes))
            parser.parse()
            return parser.output
        }
    }
}
