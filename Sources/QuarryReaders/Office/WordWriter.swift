/// Writes the blocks of a Word document, each with its label and followed by its notes.
struct WordWriter {
    private(set) var writer = DocumentWriter()
    private let styles: WordStyles
    private var numbering: WordNumbering
    private let notes: [WordNote: [WordBlock]]
    private var places = ParagraphPlaces()
    /// Text of a paragraph whose end is deleted.
    private var carried: WordParagraph?
    private var isCodeOpen = false

    init(styles: WordStyles, numbering: WordNumbering, notes: [WordNote: [WordBlock]]) {
        self.styles = styles
        self.numbering = numbering
        self.notes = notes
    }

    mutating func write(_ block: WordBlock) {
        switch block {
        case .paragraph(let paragraph): write(paragraph)
        case .table(let table): write(table)
        }
    }

    mutating func finish() {
        guard let carried else { return }
        self.carried = nil
        writeWhole(carried)
    }

    // MARK: Paragraphs

    private mutating func write(_ paragraph: WordParagraph) {
        var paragraph = paragraph
        if let before = carried {
            paragraph.text = before.text + paragraph.text
            paragraph.boxes = before.boxes + paragraph.boxes
            paragraph.notes = before.notes + paragraph.notes
            carried = nil
        }
        if paragraph.isContinued {
            // A paragraph that is deleted whole leaves nothing.
            if !paragraph.text.isEmpty || !paragraph.boxes.isEmpty || !paragraph.notes.isEmpty { carried = paragraph }
            return
        }
        writeWhole(paragraph)
    }

    private mutating func writeWhole(_ paragraph: WordParagraph) {
        let label = label(of: paragraph)
        if paragraph.role == .code, label == nil {
            if isCodeOpen {
                writer.append("\n")
            } else {
                writer.move(to: places.next(), within: true)
                writer.begin(.code())
            }
            writer.append(paragraph.text)
            isCodeOpen = true
        } else {
            writeText(of: paragraph, label)
        }
        if !paragraph.boxes.isEmpty || !paragraph.notes.isEmpty { endCode() }
        for block in paragraph.boxes { write(block) }
        writeNotes(paragraph.notes)
    }

    private mutating func endCode() {
        writer.end()
        isCodeOpen = false
    }

    private mutating func writeText(of paragraph: WordParagraph, _ label: ListLabel?) {
        endCode()
        guard paragraph.text.contains(where: { !$0.isWhitespace }) else { return }
        let labelled = label.map { $0.text.isEmpty ? paragraph.text : "\($0.text) \(paragraph.text)" }
        if case .heading(let level) = paragraph.role {
            let text = labelled ?? paragraph.text
            writer.move(to: places.heading(text), within: true)
            return writer.add(.heading(level: level), text)
        }
        writer.move(to: places.next(), within: true)
        switch (paragraph.role, label) {
        case (_, let label?) where !label.isWorded:
            let text = label.number == nil ? labelled ?? paragraph.text : paragraph.text
            writer.add(.item(depth: paragraph.properties.listLevel ?? 0, number: label.number), text)
        case (.quote, nil): writer.add(.quote, paragraph.text)
        default: writer.add(.paragraph, labelled ?? paragraph.text)
        }
    }

    /// The mark of a paragraph in a list; nil outside lists. An item without text is counted, too.
    private mutating func label(of paragraph: WordParagraph) -> ListLabel? {
        guard let list = paragraph.properties.list, list != 0 else { return nil }
        return numbering.next(list: list, level: paragraph.properties.listLevel ?? 0, styles: styles)
    }

    private mutating func writeNotes(_ found: [(number: Int, note: WordNote)]) {
        for (number, note) in found {
            guard let blocks = notes[note] else { continue }
            let text = plainText(blocks)
            if text.contains(where: { !$0.isWhitespace }) { writer.add(.paragraph, "[^\(number)]: \(text)") }
        }
    }

    // MARK: Tables

    private mutating func write(_ table: WordTable) {
        endCode()
        // A table of one cell is a frame around text.
        if table.rows.count == 1, table.rows[0].count == 1 {
            for block in table.rows[0][0].blocks { write(block) }
            return
        }
        writer.move(to: places.next(), within: true)
        var found: [(number: Int, note: WordNote)] = []
        for (index, row) in table.rows.enumerated() {
            writer.beginRow()
            for cell in row {
                writer.beginCell()
                writer.append(plainText(cell.blocks, notes: &found))
                for _ in 1..<cell.columns { writer.beginCell() }
            }
            writer.endRow(isHeader: index == 0 && table.hasHeader && table.rows.count > 1)
        }
        writer.endTable()
        writeNotes(found)
    }

    /// The text of blocks in one line.
    private mutating func plainText(_ blocks: [WordBlock]) -> String {
        var notes: [(number: Int, note: WordNote)] = []
        return plainText(blocks, notes: &notes)
    }

    private mutating func plainText(_ blocks: [WordBlock], notes: inout [(number: Int, note: WordNote)]) -> String {
        var pieces: [String] = []
        for block in blocks {
            switch block {
            case .paragraph(let paragraph):
                let mark = label(of: paragraph)?.text ?? ""
                pieces.append(mark.isEmpty || paragraph.text.isEmpty ? paragraph.text : "\(mark) \(paragraph.text)")
                if !paragraph.boxes.isEmpty { pieces.append(plainText(paragraph.boxes, notes: &notes)) }
                notes += paragraph.notes
            case .table(let table):
                for row in table.rows {
                    for cell in row { pieces.append(plainText(cell.blocks, notes: &notes)) }
                }
            }
        }
        return pieces.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
