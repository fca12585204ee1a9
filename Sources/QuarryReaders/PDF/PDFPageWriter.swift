import QuarryCore

/// Writes the lines of a page as headings, paragraphs, items and tables.
struct PDFPageWriter {
    private let page: PDFPage
    private let layout: PDFLayout
    private let tables: PDFTables
    private let leftOut: Set<Int>
    /// The level of each line that is a heading.
    private let levels: [Int?]

    init(_ page: PDFPage, layout: PDFLayout) {
        self.page = page
        self.layout = layout
        leftOut = layout.repeatedLines(of: page)
        levels = Self.headingLevels(of: page, layout)
        tables = PDFTables(page, without: leftOut)
    }

    func write(to writer: inout DocumentWriter) {
        writer.move(to: .page(page.number))
        var last: Int?
        let lines = page.lines.indices.filter { !leftOut.contains($0) }
        for (position, index) in lines.enumerated() {
            if let table = tables.tables[index] {
                for (number, row) in table.rows.enumerated() {
                    writer.addRow(row, isHeader: number == 0 && Self.isHeader(row))
                }
                writer.endTable()
            }
            guard !tables.lines.contains(index) else {
                last = nil
                continue
            }
            let next = position + 1 < lines.count ? lines[position + 1] : nil
            write(index, after: last, before: next, to: &writer)
            last = index
        }
        writer.end()
    }

    /// Three large lines one after another, or a large sentence, are text.
    private static func headingLevels(of page: PDFPage, _ layout: PDFLayout) -> [Int?] {
        var levels = page.lines.map { layout.headingLevel(of: $0) }
        var start = 0
        while start < levels.count {
            var end = start + 1
            while end < levels.count, levels[end] == levels[start], page.lines[end].block == page.lines[start].block {
                end += 1
            }
            let isSentence = page.lines[end - 1].words.last.map { $0.text.hasSuffix(".") && $0.text.count > 3 } ?? false
            if end - start > 2 || isSentence { for index in start..<end { levels[index] = nil } }
            start = end
        }
        return levels
    }

    private static func isHeader(_ row: [String]) -> Bool {
        row.dropFirst().contains { !$0.isEmpty } && !row.dropFirst().contains { $0.first?.isNumber ?? false }
    }

    private func write(_ index: Int, after last: Int?, before next: Int?, to writer: inout DocumentWriter) {
        let line = page.lines[index]
        if let level = levels[index] {
            // A heading of several lines.
            let continues = last.map { levels[$0] == level && isNext(line, after: page.lines[$0]) } ?? false
            if continues { writer.append(" ") } else { writer.begin(.heading(level: level)) }
            return writer.append(line.text)
        }
        let item = Self.item(of: line)
        var text = item ?? line.text
        if isDivided(index, before: next) { text.removeLast() }
        if !continues(index, after: last) {
            writer.begin(item == nil ? .paragraph : .item(depth: 0))
        } else if !isDivided(last, before: index) {
            writer.append(" ")
        }
        writer.append(text)
    }

    /// Whether a line belongs to the paragraph of the one before.
    private func continues(_ index: Int, after last: Int?) -> Bool {
        guard let last, levels[last] == nil, levels[index] == nil, !tables.lines.contains(index) else { return false }
        let (before, line) = (page.lines[last], page.lines[index])
        return Self.item(of: line) == nil && !endsParagraph(before, before: line)
    }

    /// Whether a hyphen divides a word between this line and the next one of the paragraph.
    private func isDivided(_ index: Int?, before next: Int?) -> Bool {
        guard let index, let next, continues(next, after: index), let end = page.lines[index].words.last?.text,
            let start = page.lines[next].words.first?.text.first, start.isLowercase,
            let hyphen = end.last, ["-", "\u{2010}", "\u{AD}"].contains(hyphen), end.count > 2
        else { return false }
        return end.dropLast().last?.isLetter ?? false
    }

    private func isNext(_ line: PDFPage.Line, after last: PDFPage.Line) -> Bool {
        line.box.top > last.box.top && line.box.top - last.box.bottom < last.box.height
    }

    /// Whether a new paragraph begins between two lines: a gap, an indentation, or a line that ends early.
    private func endsParagraph(_ last: PDFPage.Line, before line: PDFPage.Line) -> Bool {
        let height = max(1, layout.textHeight)
        if line.box.top < last.box.top {
            // The next column: the sentence may go on.
            guard let end = last.words.last?.text.last, let start = line.words.first?.text.first else { return true }
            return ".!?:…".contains(end) || !(start.isLowercase || end == "-")
        }
        if line.box.top - last.box.bottom > height * 0.7 { return true }
        if line.block == last.block {
            return line.box.left - last.box.left > height && !(line.words.first?.text.first?.isLowercase ?? false)
        }
        return abs(line.box.left - last.box.left) > height * 2 || line.box.top - last.box.bottom > height * 0.35
    }

    /// The text of a list's item without its bullet; nil for other lines.
    private static func item(of line: PDFPage.Line) -> String? {
        guard let first = line.words.first, first.text.count == 1, "•▪◦●○■□–‣⁃∙·".contains(first.text),
            line.words.count > 1
        else { return nil }
        return line.words.dropFirst().map(\.text).joined(separator: " ")
    }
}
