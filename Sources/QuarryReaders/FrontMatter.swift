import QuarryCore

/// The block of YAML between two lines `---` at the start of a Markdown file.
///
/// A subset of YAML 1.2 is read: `key: value` with plain, single- or double-quoted scalars, lists in either style,
/// literal and folded blocks, and nested mappings, which are flattened with dots. `true` and `false` are booleans, what
/// looks like a number without leading zeros is one, nulls are left out; dates stay strings. An item of a list that is a
/// mapping is a string, as it is written.
struct FrontMatter {
    var metadata: [String: MetadataValue] = [:]
    /// Lines that say nothing, numbered from 1 in the text.
    var brokenLines: [(line: Int, text: String)] = []
    /// The title as it is written, also where it looks like a number.
    var title: String?
    /// The bytes of the lines that the title is written in.
    var titleRange: Range<Int>?
    /// Where the text goes on.
    var end: Int

    /// Nil where the text does not begin with front matter: two thematic breaks with prose or comments between them are
    /// none.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var lines: [Range<Int>] = []
        var start = 0
        var isClosed = false
        while start < bytes.count, !isClosed {
            var stop = start
            while stop < bytes.count, bytes[stop] != 0x0A { stop += 1 }
            let line = MarkdownRules(bytes: bytes).trimmed(start..<stop)
            let isDashes = line.lowerBound == start && bytes[line].elementsEqual("---".utf8)
            if lines.isEmpty {
                guard isDashes else { return nil }
            } else {
                isClosed = isDashes || line.lowerBound == start && bytes[line].elementsEqual("...".utf8)
            }
            lines.append(start..<stop)
            start = stop + 1
        }
        guard isClosed else { return nil }
        end = min(start, bytes.count)
        let texts = lines[1..<lines.count - 1].map { String(decoding: bytes[$0], as: UTF8.self) }
        var parser = YAMLSubsetParser(lines: texts)
        parser.parse()
        guard parser.isMapping else { return nil }
        metadata = parser.metadata
        title = parser.title
        titleRange = parser.titleLines.map { lines[$0.lowerBound + 1].lowerBound..<lines[$0.upperBound].upperBound }
        brokenLines = parser.broken.map { ($0 + 2, texts[$0]) }
    }
}
