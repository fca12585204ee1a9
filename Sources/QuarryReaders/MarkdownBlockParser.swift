import QuarryCore

/// Finds the outermost blocks of a Markdown text by the block rules of CommonMark 0.31 and the tables of GFM.
///
/// Lists and quotes are followed inside, since what is nested decides where they end, but are one block each. Blocks
/// cover whole lines, the last line's end not included. HTML blocks count as paragraphs; thematic breaks as no block.
struct MarkdownBlockParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let rules: MarkdownRules
    private let labels: LinkLabels
    private(set) var blocks: [Block] = []
    /// Lines of code, nested ones included, in text order.
    private(set) var code: [Range<Int>] = []

    private enum Container {
        case quote
        /// Columns that continue the item, and whether anything stands in it yet.
        case item(indent: Int, hasContent: Bool)
    }

    private enum Leaf: Equatable {
        case none
        /// The content of its last line, which may turn out to be the header of a table.
        case paragraph(lastLine: Range<Int>)
        case fence(mark: UInt8, length: Int)
        case indentedCode
        case table
        case html(MarkdownHTMLEnd)
    }

    /// A block at the top that may go on.
    private struct Open {
        var kind: Block.Kind
        var start: Int
        /// End of its last line that is not blank.
        var end: Int
        /// Start of the last line, and end of the one before it.
        var lastLineStart: Int
        var previousEnd: Int
        /// The marker that continues a list.
        var listKind: UInt8 = 0
    }

    private var containers: [Container] = []
    private var leaf = Leaf.none
    private var open: Open?

    /// Deeper containers are taken for text, so that a line costs no more than its length and this.
    private static let maximumDepth = 64

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        rules = MarkdownRules(bytes: bytes)
        labels = LinkLabels(bytes)
    }

    /// - Complexity: O(bytes).
    mutating func parse() {
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            parseLine(start..<end)
            start = end + 1
        }
        closeOpen()
    }

    private mutating func parseLine(_ line: Range<Int>) {
        var cursor = MarkdownCursor(bytes: bytes, line: line)
        let matched = matchContainers(&cursor)
        let allMatched = matched == containers.count
        if allMatched, continueLeaf(&cursor, line) { return }
        if !allMatched, !isParagraph { leaf = .none }
        openBlocks(&cursor, line, matched: matched)
    }

    private var isParagraph: Bool { if case .paragraph = leaf { true } else { false } }

    /// How many open containers the line continues.
    private func matchContainers(_ cursor: inout MarkdownCursor) -> Int {
        for (index, container) in containers.enumerated() {
            switch container {
            case .quote:
                guard cursor.indent <= 3, cursor.first == UInt8(ascii: ">") else { return index }
                skipQuoteMarker(&cursor)
            case .item(let indent, let hasContent):
                if cursor.isBlank {
                    guard hasContent else { return index }
                } else {
                    guard cursor.indent >= indent else { return index }
                    cursor.skip(columns: indent)
                }
            }
        }
        return containers.count
    }

    private func skipQuoteMarker(_ cursor: inout MarkdownCursor) {
        cursor.skipContent(1)
        if cursor.indent > 0 { cursor.skip(columns: 1) }
    }

    /// Gives the line to the open leaf where only that can have it. All containers are matched.
    private mutating func continueLeaf(_ cursor: inout MarkdownCursor, _ line: Range<Int>) -> Bool {
        let content = cursor.content..<line.upperBound
        switch leaf {
        case .none: return false
        case .fence(let mark, let length):
            code.append(line)
            extend(line)
            if cursor.indent <= 3, rules.closesFence(content, mark: mark, length: length) { leaf = .none }
            return true
        case .indentedCode:
            if cursor.isBlank { return true }
            guard cursor.indent >= 4 else {
                leaf = .none
                return false
            }
            code.append(line)
            extend(line)
            return true
        case .html(let end):
            if end == .blankLine, cursor.isBlank {
                leaf = .none
                return false
            }
            if !cursor.isBlank { extend(line) }
            if rules.ends(end, in: content) { leaf = .none }
            return true
        case .table, .paragraph:
            if cursor.isBlank { leaf = .none }
            return false
        }
    }

    /// Opens the blocks that the rest of a line begins, or adds it to a paragraph.
    private mutating func openBlocks(_ cursor: inout MarkdownCursor, _ line: Range<Int>, matched: Int) {
        /// Containers that this line is in; the others are closed as soon as the line opens something.
        var depth = matched
        var isInParagraph = isParagraph && matched == containers.count
        var isInTable = leaf == .table && matched == containers.count
        while !cursor.isBlank {
            let content = cursor.content..<line.upperBound
            if cursor.indent >= 4 {
                if isParagraph || isInTable { break }
                close(to: depth)
                code.append(line)
                begin(.code(language: nil), line, leaf: .indentedCode)
                return
            }
            if cursor.first == UInt8(ascii: ">"), depth < MarkdownBlockParser.maximumDepth {
                close(to: depth)
                begin(.quote, line, leaf: .none)
                containers.append(.quote)
                skipQuoteMarker(&cursor)
            } else if let level = rules.headingLevel(content) {
                close(to: depth)
                let title = MarkdownInline.plainText(
                    of: rules.headingContent(content, level: level), in: bytes, labels: labels)
                begin(.heading(level: level, title: title), line, leaf: .none)
                return
            } else if let fence = rules.fence(content) {
                close(to: depth)
                code.append(line)
                let language = MarkdownInline.firstWord(of: fence.info, in: bytes)
                begin(.code(language: language), line, leaf: .fence(mark: fence.mark, length: fence.length))
                return
            } else if let end = rules.htmlBlock(content, interruptsParagraph: isInParagraph || isLazy(depth)) {
                close(to: depth)
                begin(.paragraph, line, leaf: rules.ends(end, in: content) ? .none : .html(end))
                return
            } else if isInParagraph, let level = rules.setextLevel(content) {
                endSetextHeading(level: level, line)
                return
            } else if isInParagraph, beginTable(content, line) {
                return
            } else if rules.isThematicBreak(content) {
                close(to: depth)
                leaf = .none
                if containers.isEmpty { closeOpen() } else { fillItem(line) }
                return
            } else if depth < MarkdownBlockParser.maximumDepth, let marker = rules.listMarker(content),
                !isInParagraph || marker.canInterruptParagraph
            {
                close(to: depth)
                beginItem(&cursor, marker, line)
            } else {
                break
            }
            depth = containers.count
            isInParagraph = false
            isInTable = false
        }
        addText(&cursor, line, depth: depth, isInTable: isInTable)
    }

    /// Whether a paragraph would go on lazily were the line to open nothing.
    private func isLazy(_ depth: Int) -> Bool { isParagraph && depth < containers.count }

    private mutating func addText(_ cursor: inout MarkdownCursor, _ line: Range<Int>, depth: Int, isInTable: Bool) {
        if cursor.isBlank {
            close(to: depth)
            if depth > 0 { leaf = .none }
            return
        }
        let content = cursor.content..<line.upperBound
        if isInTable {
            extend(line)
        } else if isParagraph {
            // Where containers were not matched the line continues the paragraph lazily, and no table.
            leaf = .paragraph(lastLine: depth == containers.count ? content : content.upperBound..<content.upperBound)
            extend(line)
        } else {
            close(to: depth)
            begin(.paragraph, line, leaf: .paragraph(lastLine: content))
        }
    }

    /// Closes the containers that a line does not continue, and the leaf in them.
    private mutating func close(to depth: Int) {
        if depth < containers.count {
            containers.removeSubrange(depth...)
            leaf = .none
        }
    }

    /// Opens a leaf or a quote in the innermost container; at the top it is a block of its own.
    private mutating func begin(_ kind: Block.Kind, _ line: Range<Int>, leaf: Leaf) {
        self.leaf = leaf
        if containers.isEmpty {
            closeOpen()
            open = Open(
                kind: kind, start: line.lowerBound, end: line.upperBound, lastLineStart: line.lowerBound,
                previousEnd: line.lowerBound)
        } else {
            fillItem(line)
        }
    }

    private mutating func fillItem(_ line: Range<Int>) {
        if case .item(let indent, false)? = containers.last {
            containers[containers.count - 1] = .item(indent: indent, hasContent: true)
        }
        extend(line)
    }

    private mutating func beginItem(
        _ cursor: inout MarkdownCursor, _ marker: MarkdownRules.ListMarker, _ line: Range<Int>
    ) {
        leaf = .none
        if !containers.isEmpty {
            fillItem(line)
        } else if open?.kind == .list, open?.listKind == marker.kind {
            extend(line)
        } else {
            begin(.list, line, leaf: .none)
            open?.listKind = marker.kind
        }
        let indent = cursor.indent
        cursor.skipContent(marker.width)
        let spaces = cursor.indent
        if cursor.isBlank || spaces > 4 {
            cursor.skip(columns: 1)
            containers.append(.item(indent: indent + marker.width + 1, hasContent: false))
        } else {
            cursor.skip(columns: spaces)
            containers.append(.item(indent: indent + marker.width + spaces, hasContent: false))
        }
    }

    private mutating func endSetextHeading(level: Int, _ line: Range<Int>) {
        leaf = .none
        extend(line)
        guard containers.isEmpty, let block = open else { return }
        let title = MarkdownInline.plainText(
            of: block.start..<max(block.start, block.previousEnd), in: bytes, labels: labels)
        open?.kind = .heading(level: level, title: title)
        closeOpen()
    }

    /// Makes the last line of the open paragraph the header of a table, where the line is its delimiter row.
    private mutating func beginTable(_ content: Range<Int>, _ line: Range<Int>) -> Bool {
        guard case .paragraph(let header) = leaf, let columns = rules.delimiterColumns(content),
            rules.cells(header) == columns
        else { return false }
        leaf = .table
        guard containers.isEmpty, var block = open else {
            extend(line)
            return true
        }
        let start = block.lastLineStart
        if start > block.start {
            block.end = block.previousEnd
            blocks.append(Block(kind: block.kind, range: block.start..<block.end))
        }
        open = Open(
            kind: .table(header: start..<line.upperBound), start: start, end: line.upperBound,
            lastLineStart: line.lowerBound, previousEnd: block.end)
        return true
    }

    /// Says that a line belongs to the block that is open at the top.
    private mutating func extend(_ line: Range<Int>) {
        guard let block = open, line.lowerBound > block.lastLineStart else { return }
        open?.previousEnd = block.end
        open?.lastLineStart = line.lowerBound
        open?.end = line.upperBound
    }

    private mutating func closeOpen() {
        if let block = open { blocks.append(Block(kind: block.kind, range: block.start..<block.end)) }
        open = nil
    }
}
