/// A stretch of a passage that can be quoted on its own.
package struct Segment: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case heading
        case sentence
        case listItem
        case tableHeader
        case tableRow
        case codeLine
    }

    package var kind: Kind
    /// UTF-8 offsets into the passage, without surrounding white space and list or quote marks.
    package var range: Range<Int>
    /// As a person reads it: without markup, line breaks and the marks of a quoted line; a table row as `column: value`.
    package var text: String
    /// The headings above, outermost first.
    package var headings: [String]
    /// The table header, or the line that introduces the list.
    package var introduction: String?
    /// What an item of a list is marked with: its number, or `-`.
    package var mark: String?
    /// Which paragraph, list item, row or code block of the passage it is in; ascending.
    package var block: Int

    package init(
        kind: Kind, range: Range<Int>, text: String, headings: [String] = [], introduction: String? = nil,
        mark: String? = nil, block: Int = 0
    ) {
        self.kind = kind
        self.range = range
        self.text = text
        self.headings = headings
        self.introduction = introduction
        self.mark = mark
        self.block = block
    }

    /// Context from elsewhere in the passage: headings, and the table header or introduction of a list.
    package var context: [String] { headings + [introduction].compactMap { $0 } }
}

/// Splits a passage into headings, sentences, table rows, list items and lines of code.
///
/// It parses the Markdown of a cleaned document. Plain text is split into sentences, and a paragraph of lines `key: value`
/// into its lines.
package struct PassageSegmenter: Sendable {
    private let sentences: @Sendable (String) -> [Range<Int>]

    package init(sentences: @escaping @Sendable (String) -> [Range<Int>]) { self.sentences = sentences }

    /// The segments of a passage in text order. They do not overlap.
    ///
    /// - Parameters:
    ///   - tableHeader: The header of the table that the passage continues.
    ///   - headings: The titles above the passage, outermost first.
    /// - Complexity: O(length).
    package func segments(of text: String, tableHeader: String? = nil, under headings: [String] = []) -> [Segment] {
        let bytes = HTMLComments.blanked(in: Array(text.utf8))
        let lines = Line.lines(of: bytes)
        var scan = SegmentScan(
            bytes: bytes, sentences: sentences, tableHeader: tableHeader, headings: headings,
            beginsInCode: Line.beginsInCode(lines, bytes: bytes))
        for (index, line) in lines.enumerated() {
            scan.take(line, next: index + 1 < lines.count ? lines[index + 1] : nil)
        }
        scan.flush()
        return scan.segments
    }
}

/// One pass over the lines of a passage.
private struct SegmentScan {
    let bytes: [UInt8]
    let sentences: @Sendable (String) -> [Range<Int>]
    let tableHeader: String?
    var segments: [Segment] = []
    private var headings: [(title: String, level: Int)]
    /// The paragraph that ends in a colon before a list.
    private var lead: String?
    private var header: String?
    /// The names of the columns of the last header.
    private var columns: (header: String?, names: [String]) = (nil, [])
    private var insideCode: Bool
    /// Whether the code block is in a block quote.
    private var codeIsQuoted = false
    /// The lines of the paragraph or list item that is being collected, without quote and list marks.
    private var block: [Range<Int>] = []
    /// The number or bullet of the item that is being collected; nil for a paragraph.
    private var mark: String?
    private var blockIsQuoted = false
    /// Whether an empty line follows a quoted one: a quote of mail may go on.
    private var quoteIsPaused = false
    private var blockNumber = 0
    /// Whether the line that ended a paragraph is still to be skipped, as the line under a heading.
    private var isUnderline = false

    init(
        bytes: [UInt8], sentences: @escaping @Sendable (String) -> [Range<Int>], tableHeader: String?,
        headings: [String], beginsInCode: Bool
    ) {
        self.bytes = bytes
        self.sentences = sentences
        self.tableHeader = tableHeader
        self.headings = headings.enumerated().map { ($0.element, $0.offset + 1) }
        self.insideCode = beginsInCode
    }

    /// The level of a line of strong text that is used as a heading: below all others.
    private static let strongLevel = 7

    mutating func take(_ line: Line, next: Line?) {
        guard !isUnderline, !insideCode || codeIsQuoted, let quoted = line.quoted(in: bytes) else {
            if blockIsQuoted, line.content.isEmpty, !quoteIsPaused, !insideCode {
                quoteIsPaused = true
                header = nil
                return
            }
            if blockIsQuoted { flush() }
            takeContent(line, next: next)
            return
        }
        if !blockIsQuoted || quoteIsPaused && !goesOn(quoted) { flush() }
        quoteIsPaused = false
        let wasInside = insideCode
        takeContent(Line(content: quoted), next: next?.quoted(in: bytes).map { Line(content: $0) })
        if insideCode != wasInside { codeIsQuoted = insideCode }
        blockIsQuoted = true
    }

    /// Whether a quoted line behind an empty line goes on with the sentence of the quote above, as in mail that was
    /// wrapped and quoted line by line.
    private func goesOn(_ quoted: Range<Int>) -> Bool {
        guard let last = block.last.map(string), let end = last.last, !".!?…:;".contains(end) else { return false }
        return string(quoted).first?.isLowercase ?? false
    }

    private mutating func takeContent(_ line: Line, next: Line?) {
        if isUnderline {
            isUnderline = false
        } else if line.isReference(in: bytes) {
            flush()
        } else if line.isCodeFence(in: bytes) {
            flush()
            insideCode.toggle()
        } else if insideCode {
            if !line.content.isEmpty { append(.codeLine, line.content, text: string(line.content)) }
        } else if line.content.isEmpty {
            flush()
            header = nil
        } else if let (title, level) = line.heading(in: bytes) {
            takeHeading(title, level: level)
        } else if block.isEmpty, let level = next?.underlineLevel(in: bytes), line.listItem(in: bytes) == nil,
            !line.isTableRow(in: bytes)
        {
            takeHeading(line.content, level: level)
            isUnderline = true
        } else if block.isEmpty, line.isStrong(in: bytes), next?.content.isEmpty ?? true {
            takeHeading(line.content, level: SegmentScan.strongLevel)
        } else if line.isTableRow(in: bytes) {
            takeRow(line, next: next)
        } else if let item = line.listItem(in: bytes) {
            flush()
            block = [item]
            mark = line.itemNumber(in: bytes).map(string) ?? "-"
        } else {
            block.append(line.content)
        }
    }

    private mutating func takeHeading(_ title: Range<Int>, level: Int) {
        flush()
        headings.removeAll { $0.level >= level }
        // The title of a version may be a reference link: `[2.4.1] - 2024-05-06`.
        let text = PlainText.of(string(title)).filter { $0 != "[" && $0 != "]" }
        if !title.isEmpty { append(.heading, title, text: text) }
        headings.append((text, level))
        lead = nil
        header = nil
    }

    private mutating func takeRow(_ line: Line, next: Line?) {
        flush()
        if line.isTableDelimiter(in: bytes) { return }
        if header == nil, let next, next.isTableDelimiter(in: bytes) {
            append(.tableHeader, line.content, text: PlainText.ofRow(string(line.content), columns: []))
            header = string(line.content)
            return
        }
        let names = header ?? tableHeader
        if columns.header != names { columns = (names, names.map(PlainText.columns) ?? []) }
        append(
            .tableRow, line.content, text: PlainText.ofRow(string(line.content), columns: columns.names),
            introduction: names)
    }

    private mutating func append(_ kind: Segment.Kind, _ range: Range<Int>, text: String, introduction: String? = nil) {
        segments.append(
            Segment(
                kind: kind, range: range, text: text, headings: headings.map(\.title), introduction: introduction,
                block: blockNumber))
        if kind != .codeLine { blockNumber += 1 }
    }

    /// Ends the paragraph, list item or code block that is being collected.
    mutating func flush() {
        defer {
            blockNumber += 1
            blockIsQuoted = false
            quoteIsPaused = false
        }
        guard let last = block.last else { return }
        for lines in isOfFields ? block.map({ [$0] }) : [block] { appendSentences(of: lines) }
        if mark == nil { lead = string(last).hasSuffix(":") || string(last).hasSuffix("：") ? segments.last?.text : nil }
        block = []
        mark = nil
    }

    /// Whether each line of the paragraph is a field or a key above fields.
    private var isOfFields: Bool {
        guard mark == nil, block.count > 1 else { return false }
        var hasField = false
        for line in block {
            guard bytes[line].contains(where: { $0 == UInt8(ascii: ":") || $0 == 0xEF }) else { return false }
            let text = PlainText.of(string(line))
            if Field(text) != nil { hasField = true } else if !Field.isHead(text) { return false }
        }
        return hasField
    }

    private mutating func appendSentences(of lines: [Range<Int>]) {
        let joined = lines.map(string).joined(separator: "\n")
        let text = Array(joined.utf8)
        var place = (line: 0, start: 0)
        for sentence in sentences(joined) {
            let range = trimmed(sentence, in: text)
            guard !range.isEmpty else { continue }
            // The meaning of a term is on a line of its own that begins with a colon.
            let written = String(decoding: text[range], as: UTF8.self).replacing("\n: ", with: ": ")
            segments.append(
                Segment(
                    kind: mark == nil ? .sentence : .listItem, range: offsets(of: range, in: lines, from: &place),
                    text: PlainText.of(written),
                    headings: headings.map(\.title), introduction: mark == nil ? nil : lead, mark: mark,
                    block: blockNumber))
        }
    }

    /// The offsets in the passage of a range of joined lines.
    ///
    /// - `place`: A line not behind the range, and where it starts in the joined lines; moved to the last line of the
    ///   range.
    private func offsets(
        of range: Range<Int>, in lines: [Range<Int>], from place: inout (line: Int, start: Int)
    ) -> Range<Int> {
        func isBehind(_ offset: Int) -> Bool {
            place.line + 1 < lines.count && offset > place.start + lines[place.line].count
        }
        func next() {
            place.start += lines[place.line].count + 1
            place.line += 1
        }
        while isBehind(range.lowerBound) { next() }
        let lower = lines[place.line].lowerBound + range.lowerBound - place.start
        while isBehind(range.upperBound) { next() }
        let line = lines[place.line]
        return lower..<max(lower, min(line.upperBound, line.lowerBound + range.upperBound - place.start))
    }

    private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
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
