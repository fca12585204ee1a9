import CQuarryMarkdown
import QuarryCore
import Synchronization

/// Finds the outermost blocks of a Markdown text with cmark-gfm, and its tables with ``MarkdownTable``.
///
/// Blocks cover whole lines, without the end of the last line. HTML blocks and link reference definitions count as
/// paragraphs; a thematic break is not a block. Inlines are parsed only for the titles of headings.
///
/// The library has unbounded cost for some inputs, so they are kept from it: runs of blank lines in deep containers,
/// thousands of nested containers, and tables (see ``MarkdownTable``). Only line numbers are taken from it, so lines
/// may be cut. Closed blocks leave the tree at once, which bounds the memory for a text of many small blocks.
struct MarkdownBlockParser: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var blocks: [Block] = []
    /// Code blocks as ranges of whole lines, nested ones included, in text order.
    private(set) var code: [Range<Int>] = []

    private let parser: OpaquePointer
    private let rootFinder: OpaquePointer
    private let root: MarkdownNode
    /// The starts of the lines passed to the library, by its line numbers.
    private var lines: [Int]
    /// The last line that belongs to a block or to a thematic break.
    private var coveredLine: Int
    /// The last heading in the tree with pending inlines. All nodes before it are such headings too.
    private var lastKept: MarkdownNode?
    /// The blocks of headings with pending inlines, in the order of the tree.
    private var keptBlocks: [Int] = []
    private var titleBytes = 0

    /// The number of the text's first line. The library counts lines from 1, and gets two before the text.
    private static let firstLine = 3
    /// Longer headings are cut to this length.
    private static let maximumTitle = 1024
    /// The total length of titles that are parsed for markup. Each byte may need some 200 bytes of memory. Later titles
    /// keep their markup.
    private static let maximumTitleBytes = 1 << 19
    /// The length of space and container markers at the start of a line. The rest is dropped.
    private static let maximumMarkers = 1 << 10
    /// The number of bytes between two passes that empty the tree.
    private static let batch = 1 << 18

    /// Locked while inlines are parsed: the library's extensions use global tables of special characters.
    private static let inlines = Mutex(())

    init(bytes: UnsafeBufferPointer<UInt8>) {
        var found: OpaquePointer?
        guard let parser = cmark_parser_new(CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE),
            let rootFinder = cmark_syntax_extension_new("root")
        else { preconditionFailure("cmark-gfm aborts if memory is exhausted.") }
        withUnsafeMutablePointer(to: &found) { found in
            // Only extensions can access the tree during parsing. The first paragraph calls this one.
            cmark_syntax_extension_set_private(rootFinder, found, nil)
            cmark_syntax_extension_set_open_block_func(rootFinder) { finder, _, _, container, _, _ in
                let found = cmark_syntax_extension_get_private(finder)
                found?.assumingMemoryBound(to: OpaquePointer?.self).pointee = container
                return nil
            }
            cmark_parser_attach_syntax_extension(parser, rootFinder)
            cmark_parser_feed(parser, "x\n\n", 3)
            cmark_syntax_extension_set_open_block_func(rootFinder, nil)
        }
        guard let root = MarkdownNode(found), let paragraph = root.firstChild else {
            preconditionFailure("This version of cmark-gfm does not give extensions access to its tree.")
        }
        paragraph.free()
        self.bytes = bytes
        self.parser = parser
        self.rootFinder = rootFinder
        self.root = root
        lines = Array(repeating: 0, count: MarkdownBlockParser.firstLine)
        coveredLine = MarkdownBlockParser.firstLine - 1
    }

    deinit {
        cmark_parser_free(parser)
        cmark_syntax_extension_free(cmark_get_default_mem_allocator(), rootFinder)
    }

    /// - Complexity: O(bytes).
    mutating func parse() {
        feedLines()
        takeClosedBlocks(isTextOver: true)
        dropContent()
        guard let document = finish() else { return }
        defer { document.free() }
        var titles = keptBlocks.makeIterator()
        var child = document.firstChild
        while let node = child {
            if node.type != CMARK_NODE_HEADING {
                take(node, before: lines.count)
            } else if let index = titles.next() {
                blocks[index].kind = .heading(level: node.headingLevel, title: node.plainText)
            }
            child = node.next
        }
        coverGap(before: lines.count)
    }

    /// Parses the inlines; the caller frees the document.
    private func finish() -> MarkdownNode? {
        var document: OpaquePointer?
        MarkdownBlockParser.inlines.withLock { _ in
            cmark_gfm_core_extensions_ensure_registered()
            if let strikethrough = cmark_find_syntax_extension("strikethrough") {
                cmark_parser_attach_syntax_extension(parser, strikethrough)
            }
            document = cmark_parser_finish(parser)
        }
        return MarkdownNode(document)
    }
}

// The text, in lines.
extension MarkdownBlockParser {
    private mutating func feedLines() {
        var fed = 0
        var lastTaking = 0
        var start = 0
        var wasBlank = false
        while start < bytes.count {
            let end = bytes.lineEnd(from: start)
            let next = min(end + 1, bytes.count)
            let isBlank = bytes.trimmed(start..<end).isEmpty
            if isBlank, wasBlank {
                feed(fed..<start)
                fed = next
            } else {
                lines.append(start)
                feedMarkers(of: start..<end, from: &fed)
            }
            wasBlank = isBlank
            start = next
            if start - lastTaking >= MarkdownBlockParser.batch {
                feed(fed..<start)
                fed = start
                lastTaking = start
                takeClosedBlocks(isTextOver: false)
            }
        }
        feed(fed..<bytes.count)
        // Ends the last line and its paragraph.
        cmark_parser_feed(parser, "\n\n", 2)
    }

    /// Drops container markers at the start of a line beyond their limit.
    private func feedMarkers(of line: Range<Int>, from fed: inout Int) {
        let maximum = MarkdownBlockParser.maximumMarkers
        guard line.count > maximum else { return }
        let markers = bytes[line].prefix { " \t>-+*.)0123456789".utf8.contains($0) }
        guard markers.count > maximum else { return }
        feed(fed..<line.lowerBound + maximum)
        fed = markers.endIndex
    }

    private func feed(_ range: Range<Int>) {
        guard !range.isEmpty, let base = bytes.baseAddress else { return }
        base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            cmark_parser_feed(parser, $0 + range.lowerBound, range.count)
        }
    }

    /// A line of the text; an empty range for the lines before it.
    private func line(_ number: Int) -> Range<Int> {
        number < MarkdownBlockParser.firstLine ? 0..<0 : lines[number]..<bytes.lineEnd(from: lines[number])
    }

    private func isBlank(_ number: Int) -> Bool { bytes.trimmed(line(number)).isEmpty }

    private func bytes(ofLines start: Int, _ end: Int) -> Range<Int> {
        line(start).lowerBound..<line(end).upperBound
    }
}

// The tree of blocks.
extension MarkdownBlockParser {
    /// How deep the open containers are searched for closed blocks.
    private static let maximumDepth = 64

    /// Removes closed blocks from the tree. The last block counts as closed only at the end of the text, or if it is a
    /// leaf that ends with a blank line.
    private mutating func takeClosedBlocks(isTextOver: Bool) {
        var child = lastKept.map(\.next) ?? root.firstChild
        while let node = child {
            child = node.next
            if child == nil {
                guard isTextOver, node.type == CMARK_NODE_HEADING || node.type == CMARK_NODE_PARAGRAPH else { break }
            }
            let isKept = take(node, before: child?.startLine ?? lines.count)
            if isKept { lastKept = node } else { node.free() }
        }
        var container = root.lastChild
        for _ in 0..<MarkdownBlockParser.maximumDepth {
            guard let last = container?.lastChild else { break }
            while let node = container?.firstChild, node != last {
                takeCode(in: node)
                node.free()
            }
            container = last
        }
    }

    /// Creates a block from a closed node. Returns whether the node is a heading that must stay until its inlines are
    /// parsed.
    ///
    /// - `limit`: The first line of the next block. The library is off by one line at the end of HTML blocks and of
    ///   underlined headings.
    @discardableResult
    private mutating func take(_ node: MarkdownNode, before limit: Int) -> Bool {
        let start = min(node.startLine, lines.count - 1)
        var end = min(node.endLine, limit - 1)
        let type = node.type
        let isUnderlined = type == CMARK_NODE_HEADING && end > start
        if type == CMARK_NODE_HTML_BLOCK, end + 1 < limit, !isBlank(end + 1) { end += 1 }
        if isUnderlined, !isUnderline(end) { end -= 1 }
        end = max(start, end)
        while end > start, isBlank(end) { end -= 1 }
        coverGap(before: start)
        coveredLine = end
        let range = bytes(ofLines: start, end)
        switch type {
        case CMARK_NODE_PARAGRAPH where addTable(start, end): break
        case CMARK_NODE_HEADING where isUnderlined && addTable(start, isRule(end) ? end - 1 : end): break
        case CMARK_NODE_HEADING:
            // The library leaves the content of an empty heading undefined.
            let isEmpty = bytes[range].allSatisfy { "# \t".utf8.contains($0) }
            let (title, isKept) = isEmpty ? ("", false) : title(of: node)
            if isKept { keptBlocks.append(blocks.count) }
            blocks.append(Block(kind: .heading(level: node.headingLevel, title: title), range: range))
            return isKept
        case CMARK_NODE_PARAGRAPH, CMARK_NODE_HTML_BLOCK: blocks.append(Block(kind: .paragraph, range: range))
        case CMARK_NODE_CODE_BLOCK:
            code.append(range)
            let language = node.language(maximum: MarkdownBlockParser.maximumTitle)
            blocks.append(Block(kind: .code(language: language), range: range))
        case CMARK_NODE_LIST, CMARK_NODE_BLOCK_QUOTE:
            takeCode(in: node)
            blocks.append(Block(kind: type == CMARK_NODE_LIST ? .list : .quote, range: range))
        default: break
        }
        return false
    }

    /// Creates paragraphs from lines without a block: the library omits link reference definitions.
    private mutating func coverGap(before line: Int) {
        var start: Int?
        for index in coveredLine + 1..<max(line, coveredLine + 1) {
            if !isBlank(index) {
                start = start ?? index
            } else if let first = start {
                blocks.append(Block(kind: .paragraph, range: bytes(ofLines: first, index - 1)))
                start = nil
            }
        }
        if let start { blocks.append(Block(kind: .paragraph, range: bytes(ofLines: start, line - 1))) }
    }

    /// Collects the code blocks of a subtree.
    private mutating func takeCode(in tree: MarkdownNode) {
        var found: [ClosedRange<Int>] = []
        tree.forEach { node in
            guard node.type == CMARK_NODE_CODE_BLOCK else { return }
            // If the container closes a fence, the library counts one line too many.
            let limit = node == tree ? Int.max : node.parent?.endLine ?? Int.max
            found.append(node.startLine...max(node.startLine, min(node.endLine, limit)))
        }
        for code in found where code.lowerBound < lines.count {
            self.code.append(bytes(ofLines: code.lowerBound, min(code.upperBound, lines.count - 1)))
        }
    }

    /// Splits lines of a paragraph at the header of a table, if one is in them.
    private mutating func addTable(_ start: Int, _ end: Int) -> Bool {
        let table = MarkdownTable(bytes: bytes)
        guard start < end,
            let delimiter = (start + 1...end).first(where: { line in
                table.delimiterColumns(self.line(line)).map { $0 == table.cells(self.line(line - 1)) } ?? false
            })
        else { return false }
        if delimiter - 1 > start {
            blocks.append(Block(kind: .paragraph, range: bytes(ofLines: start, delimiter - 2)))
        }
        let header = bytes(ofLines: delimiter - 1, delimiter)
        blocks.append(Block(kind: .table(header: header), range: bytes(ofLines: delimiter - 1, end)))
        return true
    }

    private func isUnderline(_ line: Int) -> Bool {
        let range = bytes.trimmed(self.line(line))
        let mark = bytes[range].first
        return (mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-")) && bytes[range].allSatisfy { $0 == mark }
    }

    private func isRule(_ line: Int) -> Bool {
        let range = bytes.trimmed(self.line(line))
        return range.count >= 3 && bytes[range.lowerBound] == UInt8(ascii: "-")
    }
}

// The contents of blocks.
extension MarkdownBlockParser {
    /// Removes the text of blocks whose inlines are not needed, before the library parses inlines.
    private func dropContent() {
        root.forEach { node in
            if node.type == CMARK_NODE_PARAGRAPH || node.type == CMARK_NODE_HEADING && node.parent != root {
                node.setContent([])
            }
        }
    }

    /// The title of a heading without markup. For any other heading, the node is prepared for parsing its inlines.
    private mutating func title(of heading: MarkdownNode) -> (String, isKept: Bool) {
        let title = heading.content(maximum: MarkdownBlockParser.maximumTitle)
        let hasMarkup = title.contains { "\\`*_~[]<&".utf8.contains($0) }
        guard hasMarkup, titleBytes < MarkdownBlockParser.maximumTitleBytes else {
            return (String(decoding: title, as: UTF8.self).joiningWords(), false)
        }
        titleBytes += title.count
        heading.setContent(title.withUnsafeBufferPointer { Wikilinks(bytes: $0, code: []).labelled() })
        return ("", true)
    }
}
