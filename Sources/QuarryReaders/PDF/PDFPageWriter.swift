import QuarryCore

/// Writes the lines of a page as headings, paragraphs, items and tables.
struct PDFPageWriter {
    private let page: PDFPage
    private let layout: PDFLayout
    private let tables: PDFTables
    private let leftOut: Set<Int>

    init(_ page: PDFPage, layout: PDFLayout) {
        self.page = page
        self.layout = layout
        leftOut = Set(page.lines.indices.filter { layout.isRepeated(page.lines[$0], on: page) })
        tables = PDFTables(page, without: leftOut)
    }

    func write(to writer: inout DocumentWriter) {
        writer.move(to: .page(page.number))
        var last: PDFPage.Line?
        let lines = page.lines.indices.filter { !leftOut.contains($0) }
        for (position, index) in lines.enumerated() {
            let line = page.lines[index]
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
            let next = position + 1 < lines.count ? page.lines[lines[position + 1]] : nil
            write(line, after: last, before: next, to: &writer)
            last = line
        }
        writer.end()
    }

    private static func isHeader(_ row: [String]) -> Bool {
        row.dropFirst().contains { !$0.isEmpty } && !row.dropFirst().contains { $0.first?.isNumber ?? false }
    }

    private func write(
        _ line: PDFPage.Line, after last: PDFPage.Line?, before next: PDFPage.Line?, to writer: inout DocumentWriter
    ) {
        let level = layout.headingLevel(of: line)
        if let level {
            // A heading of several lines.
            let continues = last.map { layout.headingLevel(of: $0) == level && isNext(line, after: $0) } ?? false
            if continues { writer.append(" ") } else { writer.begin(.heading(level: level)) }
            return writer.append(line.text)
        }
        let item = Self.item(of: line)
        var text = item ?? line.text
        let isDivided = Self.isDivided(line, before: next)
        if isDivided { text.removeLast() }
        let wasHeading = last.map { layout.headingLevel(of: $0) != nil } ?? true
        if item != nil || wasHeading || last.map({ endsParagraph($0, before: line) }) ?? true {
            writer.begin(item == nil ? .paragraph : .item(depth: 0))
        } else if let last, !Self.isDivided(last, before: line) {
            writer.append(" ")
        }
        writer.append(text)
    }

    /// Whether a word goes on in the next line after a hyphen.
    private static func isDivided(_ line: PDFPage.Line, before next: PDFPage.Line?) -> Bool {
        guard let end = line.words.last?.text, let start = next?.words.first?.text.first, start.isLowercase,
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
