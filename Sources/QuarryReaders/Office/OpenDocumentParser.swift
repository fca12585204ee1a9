/// A part of an OpenDocument text or slide.
enum OpenDocumentBlock {
    case heading(level: Int, text: String)
    case paragraph(String)
    case item(depth: Int, label: ListLabel, text: String)
    case table(rows: [[String]], hasHeader: Bool)
    case note(number: Int, text: String)
}

/// Reads the paragraphs, lists and tables of OpenDocument. Deleted text, which is stored apart, is left out.
struct OpenDocumentParser {
    typealias Body = (OpenDocumentBlock) throws -> Void

    let styles: OpenDocumentStyles
    private var notes = 0
    /// The last numbers of lists by style, for those that continue them.
    private var lastNumbers: [String: [Int]] = [:]

    init(styles: OpenDocumentStyles) { self.styles = styles }

    /// A paragraph, and the content anchored in it.
    private struct Paragraph {
        var text = ""
        var runs = RaisedRuns()
        var anchored: [OpenDocumentBlock] = []
        var notes: [OpenDocumentBlock] = []
        var isHeading = false
    }

    private static let ignored: Set<String> = [
        "tracked-changes", "annotation", "annotation-end", "forms", "ruby-text", "title", "desc", "object",
        "object-ole", "image", "binary-data", "event-listeners", "notes", "shapes", "note-citation",
    ]

    /// Calls `body` with each block of the element that started last.
    mutating func blocks(_ xml: inout ElementReader, _ body: Body) throws {
        try xml.elements { xml, name in
            switch name {
            case "p", "h": try write(&xml, name, body)
            case "list": try list(&xml, style: nil, depth: 0, numbers: [], body)
            case "table": try table(&xml, body)
            case _ where Self.ignored.contains(name): break
            default: try blocks(&xml, body)
            }
        }
    }

    private mutating func blocks(_ xml: inout ElementReader) throws -> [OpenDocumentBlock] {
        var blocks: [OpenDocumentBlock] = []
        try self.blocks(&xml) { blocks.append($0) }
        return blocks
    }

    // MARK: Paragraphs

    /// The level of a heading; nil for text.
    private func level(_ xml: borrowing ElementReader, _ name: String) -> Int? {
        let attributes = xml.attributes()
        if name == "h" { return attributes["outline-level"].flatMap(Int.init).map { max(1, min(10, $0)) } ?? 1 }
        return styles.headingLevel(of: attributes["style-name"])
    }

    private mutating func write(_ xml: inout ElementReader, _ name: String, _ body: Body) throws {
        let level = level(xml, name)
        let paragraph = try paragraph(&xml, isHeading: level != nil)
        try body(level.map { .heading(level: $0, text: paragraph.text) } ?? .paragraph(paragraph.text))
        for block in paragraph.anchored + paragraph.notes { try body(block) }
    }

    private mutating func paragraph(_ xml: inout ElementReader, isHeading: Bool) throws -> Paragraph {
        var paragraph = Paragraph(isHeading: isHeading)
        try inlines(&xml, into: &paragraph)
        return paragraph
    }

    private mutating func inlines(_ xml: inout ElementReader, into paragraph: inout Paragraph) throws {
        try xml.children { xml, child in
            switch child {
            case .text(let text): paragraph.text += text
            case .element(let name): try inline(&xml, name, into: &paragraph)
            }
        }
    }

    private mutating func inline(
        _ xml: inout ElementReader, _ name: String, into paragraph: inout Paragraph
    ) throws {
        switch name {
        case "s", "tab", "line-break": paragraph.text += " "
        case "note": try note(&xml, into: &paragraph)
        case "span" where styles.isRaised(xml.attributes()["style-name"]):
            var raised = Paragraph(isHeading: paragraph.isHeading)
            try inlines(&xml, into: &raised)
            paragraph.runs.append(raised.text, to: &paragraph.text)
            paragraph.anchored += raised.anchored
            paragraph.notes += raised.notes
        case "frame", "text-box", "custom-shape", "g", "rect", "ellipse", "circle", "polygon", "polyline", "path",
            "line", "connector", "regular-polygon", "caption":
            paragraph.anchored += try blocks(&xml)
        case _ where Self.ignored.contains(name): break
        default: try inlines(&xml, into: &paragraph)
        }
    }

    private mutating func note(_ xml: inout ElementReader, into paragraph: inout Paragraph) throws {
        notes += 1
        let number = notes
        try xml.elements { xml, name in
            guard name == "note-body" else { return }
            paragraph.notes.append(.note(number: number, text: Self.plainText(try blocks(&xml))))
        }
        if !paragraph.isHeading { paragraph.text += "[^\(number)]" }
    }

    // MARK: Lists

    private mutating func list(
        _ xml: inout ElementReader, style outer: String?, depth: Int, numbers above: [Int], _ body: Body
    ) throws {
        let attributes = xml.attributes()
        let style = attributes["style-name"] ?? outer
        let format = styles.listLevel(style, depth)
        var numbers = above + [(format?.start ?? 1) - 1]
        if attributes["continue-numbering"] == "true" || attributes["continue-list"] != nil, let style,
            let last = lastNumbers[style], last.indices.contains(depth)
        {
            numbers[depth] = last[depth]
        }
        try xml.elements { xml, name in
            guard name == "list-item" || name == "list-header" else { return }
            if name == "list-item" {
                numbers[depth] += 1
                if let start = xml.attributes()["start-value"].flatMap(Int.init) {
                    numbers[depth] = max(0, min(1_000_000, start))
                }
            }
            let label = name == "list-item" ? Self.label(format, numbers) : nil
            try item(&xml, label, style: style, depth: depth, numbers: numbers, body)
        }
        if let style { lastNumbers[style] = numbers }
    }

    private mutating func item(
        _ xml: inout ElementReader, _ label: ListLabel?, style: String?, depth: Int, numbers: [Int], _ body: Body
    ) throws {
        var pending = Paragraph()
        var label = label
        func flush() throws {
            if pending.text.contains(where: { !$0.isWhitespace }) {
                try body(label.map { .item(depth: depth, label: $0, text: pending.text) } ?? .paragraph(pending.text))
                label = label.map { _ in ListLabel(text: "") }
            }
            for block in pending.anchored + pending.notes { try body(block) }
            pending = Paragraph()
        }
        try xml.elements { xml, name in
            switch name {
            case "p", "h":
                if let level = level(xml, name) {
                    try flush()
                    let heading = try paragraph(&xml, isHeading: true)
                    let mark = label.map { $0.text.isEmpty ? "" : "\($0.text) " } ?? ""
                    try body(.heading(level: level, text: heading.text.isEmpty ? "" : mark + heading.text))
                    for block in heading.anchored + heading.notes { try body(block) }
                } else {
                    if !pending.text.isEmpty { pending.text += " " }
                    try inlines(&xml, into: &pending)
                }
            case "list":
                try flush()
                try list(&xml, style: style, depth: min(depth + 1, 9), numbers: Array(numbers.prefix(9)), body)
            default: break
            }
        }
        try flush()
    }

    private static func label(_ format: OpenDocumentStyles.ListLevel?, _ numbers: [Int]) -> ListLabel {
        guard let format, format.isNumbered, let number = numbers.last else { return ListLabel(text: "") }
        let shown = numbers.suffix(format.shownLevels).map { format.format.shown($0) }.filter { !$0.isEmpty }
        let isPlain =
            format.format == .decimal && format.shownLevels == 1 && format.prefix.isEmpty
            && [".", ")", ""].contains(format.suffix)
        return ListLabel(
            number: isPlain ? number : nil, text: format.prefix + shown.joined(separator: ".") + format.suffix,
            isWorded: format.prefix.contains(where: \.isLetter))
    }

    // MARK: Tables

    private mutating func table(_ xml: inout ElementReader, _ body: Body) throws {
        var rows: [[String]] = []
        var notes: [OpenDocumentBlock] = []
        var hasHeader = false
        try self.rows(&xml, into: &rows, notes: &notes, hasHeader: &hasHeader)
        if rows.count > 1, let first = rows.first, first.allSatisfy({ $0.contains { $0.isLetter } }) {
            hasHeader = true
        }
        try body(.table(rows: rows, hasHeader: hasHeader && rows.count > 1))
        for note in notes { try body(note) }
    }

    private mutating func rows(
        _ xml: inout ElementReader, into rows: inout [[String]], notes: inout [OpenDocumentBlock],
        hasHeader: inout Bool
    ) throws {
        try xml.elements { xml, name in
            switch name {
            case "table-header-rows", "table-rows", "table-row-group":
                if name == "table-header-rows" { hasHeader = true }
                try self.rows(&xml, into: &rows, notes: &notes, hasHeader: &hasHeader)
            case "table-row":
                var cells: [String] = []
                try xml.elements { xml, name in
                    guard name == "table-cell" || name == "covered-table-cell" else { return }
                    let repeated = xml.attributes()["number-columns-repeated"].flatMap(Int.init) ?? 1
                    let blocks = try blocks(&xml)
                    for case .note(let number, let text) in blocks { notes.append(.note(number: number, text: text)) }
                    let text = Self.plainText(blocks)
                    guard cells.count < OfficeLimits.repetitions else { return }
                    cells += Array(repeating: text, count: text.isEmpty ? max(1, min(64, repeated)) : 1)
                }
                rows.append(cells)
            default: break
            }
        }
    }

    /// The text of blocks in one line, without their notes.
    static func plainText(_ blocks: [OpenDocumentBlock]) -> String {
        let pieces = blocks.map { block in
            switch block {
            case .heading(_, let text), .paragraph(let text): text
            case .item(_, let label, let text): label.text.isEmpty ? text : "\(label.text) \(text)"
            case .table(let rows, _): rows.joined().filter { !$0.isEmpty }.joined(separator: " ")
            case .note: ""
            }
        }
        return pieces.filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension DocumentWriter {
    mutating func add(_ block: OpenDocumentBlock, at places: inout ParagraphPlaces) {
        switch block {
        case .heading(_, let text), .paragraph(let text), .item(_, _, let text):
            guard text.contains(where: { !$0.isWhitespace }) else { return }
            let isHeading = if case .heading = block { true } else { false }
            move(to: isHeading ? places.heading(text) : places.next(), within: true)
        case .table: move(to: places.next(), within: true)
        case .note: break
        }
        switch block {
        case .heading(let level, let text): add(.heading(level: level), text)
        case .paragraph(let text): add(.paragraph, text)
        case .item(let depth, let label, let text):
            let labelled = label.number == nil && !label.text.isEmpty ? "\(label.text) \(text)" : text
            if label.isWorded {
                add(.paragraph, labelled)
            } else {
                add(.item(depth: depth, number: label.number), labelled)
            }
        case .table(let rows, let hasHeader):
            for (index, row) in rows.enumerated() { addRow(row, isHeader: index == 0 && hasHeader) }
            endTable()
        case .note(let number, let text):
            if text.contains(where: { !$0.isWhitespace }) { add(.paragraph, "[^\(number)]: \(text)") }
        }
    }
}
