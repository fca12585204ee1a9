import QuarryCore

/// Writes nodes of a page into a document.
struct HTMLWriter {
    private let tree: HTMLTree
    private(set) var document: DocumentWriter
    /// The text of the first heading of level 1.
    private(set) var firstHeading: String?

    /// The elements around the current node, with the index after each.
    private var open: [(index: Int, tag: String, end: Int)] = []
    /// The numbers of the open lists; nil for one with bullets.
    private var lists: [Int?] = []
    private var quotes = 0
    private var codes = 0
    private var cells = 0
    private var tables: [(isData: Bool, isHeaderRow: Bool)] = []
    private var hadBreak = false
    /// Whether the next text is the first of a raised one.
    private var isRaised = false

    /// - `document`: The document to continue.
    init(_ tree: HTMLTree, to document: DocumentWriter = DocumentWriter()) {
        self.tree = tree
        self.document = document
    }

    mutating func write(_ parts: [Range<Int>]) {
        for part in parts { for index in part { visit(index) } }
        close(before: Int.max)
        document.end()
    }

    private mutating func visit(_ index: Int) {
        close(before: index)
        let node = tree.nodes[index]
        guard node.isText else {
            open.append((index, node.tag, node.end))
            return enter(node.tag, index)
        }
        let (text, source) = tree.text(of: index)
        if cells == 0, tables.last?.isData == true { return }
        if codes == 0, !document.isOpen {
            guard text.contains(where: { $0 > 0x20 }) else { return }
            document.begin(quotes > 0 ? .quote : .paragraph)
        }
        if text.contains(where: { $0 > 0x20 }) { hadBreak = false }
        if isRaised, codes == 0 {
            document.append(
                SuperscriptText.sign(before: String(decoding: text, as: UTF8.self), after: document.lastCharacter))
        }
        isRaised = false
        append(text, source)
    }

    private mutating func close(before index: Int) {
        while let last = open.last, last.end <= index {
            open.removeLast()
            leave(last.tag)
        }
    }

    // MARK: Elements

    private mutating func enter(_ tag: String, _ index: Int) {
        switch tag {
        case "h1", "h2", "h3", "h4", "h5", "h6":
            guard cells == 0 else { return space() }
            if tag == "h1", firstHeading == nil {
                let text = tree.content(of: index).joiningWords()
                firstHeading = text.isEmpty ? nil : text
            }
            document.begin(.heading(level: Int(tag.dropFirst()) ?? 1))
        case "br", "hr": breakLine()
        case "sup": isRaised = true
        case "ul", "ol", "menu", "dir":
            lists.append(
                tag == "ol"
                    ? min(1_000_000, max(-1_000_000, Int(tree.attribute("start", of: index) ?? "") ?? 1)) - 1 : nil)
        case "li":
            guard cells == 0 else { return space() }
            let depth = max(0, lists.count - 1)
            if case let number?? = lists.last {
                lists[depth] = number &+ 1
                document.begin(.item(depth: depth, number: number &+ 1))
            } else {
                document.begin(.item(depth: depth))
            }
        case "dt": if cells == 0 { document.begin(.item(depth: lists.count)) }
        case "dd": if cells == 0 { document.isOpen ? document.append(": ") : document.begin(.item(depth: lists.count)) }
        case "pre":
            guard cells == 0 else { return }
            codes += 1
            document.begin(.code(language: language(ofCode: index)))
        case "blockquote":
            quotes += 1
            block()
        case "table":
            block()
            tables.append((isData: cells == 0 && isData(index), isHeaderRow: false))
        case "caption": if cells == 0, tables.last?.isData == true { cells += 1 }
        case "tr" where tables.last?.isData == true:
            document.beginRow()
            tables[tables.count - 1].isHeaderRow = isHeader(index)
        case "td", "th":
            guard tables.last?.isData == true else { return block() }
            document.beginCell()
            cells += 1
        case _ where Self.blocks.contains(tag): block()
        default: break
        }
    }

    private mutating func leave(_ tag: String) {
        switch tag {
        case "h1", "h2", "h3", "h4", "h5", "h6": if cells == 0 { document.end() }
        case "ul", "ol", "menu", "dir":
            _ = lists.popLast()
            if cells == 0 { document.end() }
        case "li", "dd": if cells == 0 { document.end() }
        case "pre":
            guard codes > 0 else { return }
            codes -= 1
            document.end()
        case "blockquote":
            quotes -= 1
            block()
        case "caption" where cells > 0:
            cells -= 1
        case "tr" where tables.last?.isData == true:
            document.endRow(isHeader: tables.last?.isHeaderRow ?? false)
        case "td", "th":
            guard tables.last?.isData == true else { return block() }
            cells -= 1
        case "table": if tables.popLast()?.isData == true { document.endTable() } else { block() }
        case _ where Self.blocks.contains(tag): block()
        default: break
        }
    }

    private static let blocks: Set<String> = [
        "address", "article", "aside", "body", "center", "details", "div", "dl", "fieldset", "figcaption", "figure",
        "footer", "form", "header", "hgroup", "main", "nav", "p", "section", "summary", "tbody", "td", "tfoot", "thead",
        "tr", "legend",
    ]

    /// The edge of a block: what follows is another paragraph. In a cell, and at the beginning of an item, it is space.
    private mutating func block() {
        if codes > 0 { return }
        if cells > 0 { return space() }
        if document.isAtStartOfPart { return }
        document.end()
    }

    private mutating func space() { if document.isOpen { document.append(" ") } }

    /// A second line break in a row ends the paragraph.
    private mutating func breakLine() {
        if codes > 0 { return document.append("\n") }
        if hadBreak { block() } else { space() }
        hadBreak = true
    }

    private func language(ofCode index: Int) -> String? {
        for child in index..<min(index + 3, tree.nodes[index].end) where !tree.nodes[child].isText {
            let names = tree.attribute("class", of: child)?.split(separator: " ") ?? []
            for name in names {
                for prefix in ["language-", "lang-", "highlight-source-"] where name.hasPrefix(prefix) {
                    let language = name.dropFirst(prefix.count).prefix(24)
                    if language.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "+" || $0 == "#" }) {
                        return String(language)
                    }
                }
            }
        }
        return nil
    }

    // MARK: Tables

    /// Whether a table holds data and not the layout of a page: it has several rows and columns, and neither tables,
    /// headings nor long lists in its cells.
    private func isData(_ table: Int) -> Bool {
        if tree.attribute("role", of: table) == "presentation" { return false }
        var (rows, cells, headers) = (0, 0, 0)
        for index in table + 1..<max(table + 1, tree.nodes[table].end) {
            switch tree.nodes[index].tag {
            case "table", "h1", "h2", "h3", "form", "article", "section", "pre": return false
            case "tr": rows += 1
            case "td": cells += 1
            case "th": headers += 1
            default: continue
            }
        }
        return headers > 0 || (rows > 1 && cells >= 2 * rows)
    }

    private func isHeader(_ row: Int) -> Bool {
        if tree.nodes[row].parent >= 0, tree.nodes[tree.nodes[row].parent].tag == "thead" { return true }
        let cells = (row + 1..<max(row + 1, tree.nodes[row].end)).filter { tree.nodes[$0].parent == row }
            .map { tree.nodes[$0].tag }.filter { $0 == "td" || $0 == "th" }
        return !cells.isEmpty && cells.allSatisfy { $0 == "th" }
    }

    // MARK: Text

    /// Appends a text with the bytes behind it. Entities are units of their own.
    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ source: Range<Int>) {
        guard !source.isEmpty else { return document.append(text) }
        var (next, position) = (0, source.lowerBound)
        while next < text.count {
            var end = next
            var raw = position
            while end < text.count, raw < source.upperBound, tree.source[raw] == text[end],
                text[end] != UInt8(ascii: "&") || !tree.isEntity(at: raw, in: source)
            {
                end += 1
                raw += 1
            }
            if end > next {
                document.append(UnsafeBufferPointer(rebasing: text[next..<end]), source: position..<raw)
                (next, position) = (end, raw)
                continue
            }
            let unit = tree.unit(at: position, in: source, decoded: text, at: next)
            document.append(
                UnsafeBufferPointer(rebasing: text[next..<unit.decodedEnd]), source: position..<unit.sourceEnd)
            (next, position) = (unit.decodedEnd, unit.sourceEnd)
            if position >= source.upperBound, next < text.count {
                return document.append(UnsafeBufferPointer(rebasing: text[next...]))
            }
        }
    }
}

extension HTMLTree {
    /// Whether an ampersand begins an entity for `&`.
    fileprivate func isEntity(at start: Int, in range: Range<Int>) -> Bool {
        let name = source[start..<min(range.upperBound, start + 7)].map { $0 | 0x20 }
        return ["&amp", "&#38", "&#x26", "&#038"].contains { name.starts(with: $0.utf8.map { $0 | 0x20 }) }
    }

    /// The bytes of an entity, a line end or another stretch that differs from its decoded text.
    fileprivate func unit(
        at start: Int, in range: Range<Int>, decoded text: UnsafeBufferPointer<UInt8>, at next: Int
    ) -> (sourceEnd: Int, decodedEnd: Int) {
        var end = start + 1
        if source[start] == UInt8(ascii: "&") {
            while end < range.upperBound, end < start + 33,
                source[end] == UInt8(ascii: "#") || (source[end] | 0x20) &- 0x61 < 26 || source[end] &- 0x30 < 10
            {
                end += 1
            }
            if end < range.upperBound, source[end] == UInt8(ascii: ";") { end += 1 }
        } else {
            while end < range.upperBound, source[end] & 0xC0 == 0x80 { end += 1 }
        }
        // One character or two.
        var decodedEnd = next
        for _ in 0..<2 {
            decodedEnd = min(text.count, decodedEnd + 1)
            while decodedEnd < text.count, text[decodedEnd] & 0xC0 == 0x80 { decodedEnd += 1 }
            if end >= range.upperBound {
                return (range.upperBound, text.count)
            }
            if decodedEnd < text.count, text[decodedEnd] == source[end] || source[end] == UInt8(ascii: "&") { break }
        }
        return (end, max(next + 1, decodedEnd))
    }
}
