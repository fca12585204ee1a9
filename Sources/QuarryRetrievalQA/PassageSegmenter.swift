/// A stretch of a passage that can be quoted on its own.
package struct Segment: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case sentence
        case listItem
        case tableRow
        case codeLine
    }

    package var kind: Kind
    /// UTF-8 offsets into the passage, without surrounding white space and list or quote marks.
    package var range: Range<Int>
    /// Context from elsewhere in the passage: the heading above, the table header, or the line that introduces the
    /// list.
    package var context: [String]

    package init(kind: Kind, range: Range<Int>, context: [String] = []) {
        self.kind = kind
        self.range = range
        self.context = context
    }
}

/// Splits a passage into sentences, table rows, list items and lines of code.
///
/// It parses the Markdown of a cleaned document: ATX headings and header rows become context. Plain text is split into
/// sentences.
package struct PassageSegmenter: Sendable {
    /// How to treat headings and header rows.
    package enum Headings: Sendable, Hashable {
        /// They are only context: a document's heading names a topic and is not a statement to quote.
        case context
        /// They are also segments: a model may write its statements as headings.
        case segments
    }

    private let headings: Headings
    private let sentences: @Sendable (String) -> [Range<Int>]

    package init(headings: Headings = .context, sentences: @escaping @Sendable (String) -> [Range<Int>]) {
        self.headings = headings
        self.sentences = sentences
    }

    /// The segments of a passage in text order. They do not overlap.
    package func segments(of text: String, tableHeader: String? = nil) -> [Segment] {
        var scan = Scan(bytes: Array(text.utf8), tableHeader: tableHeader)
        let lines = Line.lines(of: scan.bytes)
        for (index, line) in lines.enumerated() {
            take(line, next: index + 1 < lines.count ? lines[index + 1] : nil, into: &scan)
        }
        flush(&scan)
        return scan.segments
    }

    private func take(_ line: Line, next: Line?, into scan: inout Scan) {
        if line.isCodeFence(in: scan.bytes) {
            flush(&scan)
            scan.insideCode.toggle()
        } else if scan.insideCode {
            if !line.content.isEmpty {
                scan.segments.append(Segment(kind: .codeLine, range: line.content, context: scan.context))
            }
        } else if line.content.isEmpty {
            flush(&scan)
            scan.header = nil
        } else if let title = line.heading(in: scan.bytes) {
            flush(&scan)
            if headings == .segments {
                scan.block = title
                flush(&scan)
            }
            scan.heading = scan.string(title)
            scan.lead = nil
            scan.header = nil
        } else if line.isTableRow(in: scan.bytes) {
            takeRow(line, next: next, into: &scan)
        } else if let item = line.listItem(in: scan.bytes) {
            flush(&scan)
            scan.block = item
            scan.blockIsItem = true
        } else {
            let quoted = line.withoutQuoteMark(in: scan.bytes)
            scan.block = scan.block.map { $0.lowerBound..<quoted.upperBound } ?? quoted
        }
    }

    private func takeRow(_ line: Line, next: Line?, into scan: inout Scan) {
        flush(&scan)
        if line.isTableDelimiter(in: scan.bytes) { return }
        if scan.header == nil, let next, next.isTableDelimiter(in: scan.bytes) {
            scan.header = scan.string(line.content)
            if headings == .segments {
                scan.segments.append(Segment(kind: .tableRow, range: line.content, context: scan.context))
            }
            return
        }
        let context = scan.context + [scan.header ?? scan.tableHeader].compactMap { $0 }
        scan.segments.append(Segment(kind: .tableRow, range: line.content, context: context))
    }

    /// Ends the paragraph or list item that is being collected.
    private func flush(_ scan: inout Scan) {
        guard let block = scan.block else { return }
        let kind: Segment.Kind = scan.blockIsItem ? .listItem : .sentence
        let context = scan.blockIsItem ? scan.context + [scan.lead].compactMap { $0 } : scan.context
        for sentence in sentences(scan.string(block)) {
            let range = trimmed(
                (block.lowerBound + sentence.lowerBound)..<(block.lowerBound + sentence.upperBound), in: scan.bytes)
            if !range.isEmpty { scan.segments.append(Segment(kind: kind, range: range, context: context)) }
        }
        if !scan.blockIsItem {
            scan.lead =
                scan.bytes[block].last == UInt8(ascii: ":") ? scan.segments.last.map { scan.string($0.range) } : nil
        }
        scan.block = nil
        scan.blockIsItem = false
    }

    private struct Scan {
        let bytes: [UInt8]
        let tableHeader: String?
        var segments: [Segment] = []
        var heading: String?
        /// The paragraph that ends in a colon before a list.
        var lead: String?
        var header: String?
        var insideCode = false
        /// The paragraph or list item that is being collected.
        var block: Range<Int>?
        var blockIsItem = false

        init(bytes: [UInt8], tableHeader: String?) {
            self.bytes = bytes
            self.tableHeader = tableHeader
        }

        var context: [String] { [heading].compactMap { $0 } }

        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    }
}

/// The range without white space at its ends.
func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    var range = range
    while let first = bytes[range].first, first == 0x20 || (0x09...0x0D).contains(first) {
        range = (range.lowerBound + 1)..<range.upperBound
    }
    while let last = bytes[range].last, last == 0x20 || (0x09...0x0D).contains(last) {
        range = range.lowerBound..<(range.upperBound - 1)
    }
    return range
}
