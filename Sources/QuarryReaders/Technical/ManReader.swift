public import QuarryCore

/// Reads manual pages in roff, with the macros man and mdoc.
///
/// Sections are headings, tagged paragraphs and lists are items, and examples are code. Fonts, comments, conditions for
/// other devices and requests without text are left out. The title is that of the page, such as `ls(1)`; its date and
/// source become metadata. A file without macros, such as a numbered log, is read as plain text.
public struct ManReader: Reader {
    public init() {}

    public var formatName: String { "manual pages" }
    public var pathExtensions: Set<String> {
        [
            "1", "2", "3", "4", "5", "6", "7", "8", "9", "man", "mdoc", "roff", "1p", "3p", "1x", "3x", "5x", "8x",
            "1ssl",
            "3ssl", "5ssl", "7ssl", "3pm", "3perl", "3tcl", "2type", "3type", "2const", "3const", "3head",
        ]
    }
    public var version: String { "man/1" }

    /// - Complexity: O(bytes).
    public func read(_ source: Source) -> ReadResult {
        guard ManReader.isRoff(source.bytes) else { return PlainTextReader().read(source) }
        return MarkupDocument.read(source) { bytes in
            var parser = ManParser(TextLines(bytes))
            parser.parse()
            return parser.output
        }
    }

    /// Whether one of the first lines has a macro that every page has.
    private static func isRoff(_ bytes: [UInt8]) -> Bool {
        let macros = [".TH", ".Dd", ".SH", ".Sh", ".so", "'\\\"", ".\\\"", ".Dt"].map { Array($0.utf8) }
        var start = 0
        while start < min(bytes.count, 1 << 16) {
            let line = bytes[start...].prefix(512)
            if macros.contains(where: { line.starts(with: $0) }) { return true }
            start = (bytes[start...].firstIndex(of: 0x0A) ?? bytes.count) + 1
        }
        return false
    }
}
