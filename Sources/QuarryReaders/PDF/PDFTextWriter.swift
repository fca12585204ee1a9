import QuarryCore

/// Writes the parts of all pages as headings, paragraphs, items and tables.
struct PDFTextWriter {
    private struct Item {
        var part: PDFPart
        /// The level of a heading; nil for text and tables.
        var level: Int?
        var page: Int
        var line: PDFPage.Line? { level == nil ? part.line : nil }
    }

    private let items: [Item]
    private let layout: PDFLayout

    init(_ pages: [PDFPage]) {
        let pages = pages.map { page in
            var page = page
            page.lines = PDFColumns.ordered(page.lines)
            return page
        }
        let layout = PDFLayout(pages)
        self.layout = layout
        items = pages.flatMap { page in
            let parts = PDFPart.parts(of: page, layout)
            let levels = PDFHeadings(of: parts, on: page, layout).levels
            return zip(parts, levels).map { Item(part: $0, level: $1, page: page.number) }
        }
    }

    /// The title that the first page shows.
    var title: String? { layout.title }

    func write(to writer: inout DocumentWriter) {
        for (index, item) in items.enumerated() {
            writer.move(to: .page(item.page), within: continues(index))
            switch item.part {
            case .table(let table):
                if let header = table.header { writer.addRow(header, isHeader: true) }
                for row in table.rows { writer.addRow(row) }
                writer.endTable()
            case .line(let line):
                if let level = item.level {
                    let goesOn = writer.isOpen && continuesHeading(index)
                    if goesOn { writer.append(" ") } else { writer.begin(.heading(level: level)) }
                    writer.append(line.text)
                } else {
                    write(line, at: index, to: &writer)
                }
            }
        }
        writer.end()
    }

    private func write(_ line: PDFPage.Line, at index: Int, to writer: inout DocumentWriter) {
        let item = Self.item(of: line)
        var text = item ?? line.text
        if isDivided(before: index + 1) { text.removeLast() }
        if !continues(index) {
            writer.begin(item == nil ? .paragraph : .item(depth: 0))
        } else if !isDivided(before: index) {
            writer.append(" ")
        }
        writer.append(text)
    }

    /// Whether a heading goes on in this line.
    private func continuesHeading(_ index: Int) -> Bool {
        guard index > 0, let level = items[index].level, items[index - 1].level == level,
            items[index].page == items[index - 1].page, let last = items[index - 1].part.line,
            let line = items[index].part.line
        else { return false }
        return line.box.top > last.box.top && line.box.top - last.box.bottom < min(last.box.height, layout.textHeight)
    }

    // MARK: Paragraphs

    /// Whether a line belongs to the paragraph of the one before.
    private func continues(_ index: Int) -> Bool {
        guard index > 0, index < items.count, let last = items[index - 1].line, let line = items[index].line,
            Self.item(of: line) == nil
        else { return false }
        let isNextPage = items[index].page != items[index - 1].page
        if isNextPage || line.box.top < last.box.top - 0.5 * last.box.height { return Self.goesOn(last, in: line) }
        return !endsParagraph(last, before: line)
    }

    /// Whether a sentence goes on in the next column or page.
    private static func goesOn(_ last: PDFPage.Line, in line: PDFPage.Line) -> Bool {
        guard let end = last.text.last, let start = line.text.first, last.words.count > 3 else { return false }
        return !".!?:…".contains(end) && start.isLowercase
    }

    /// Whether a hyphen divides a word between the line before and this one of the same paragraph.
    private func isDivided(before index: Int) -> Bool {
        guard continues(index), let end = items[index - 1].line?.words.last?.text,
            let start = items[index].line?.text.first, start.isLowercase, let hyphen = end.last,
            ["-", "\u{2010}", "\u{AD}"].contains(hyphen), end.count > 2
        else { return false }
        return end.dropLast().last?.isLetter ?? false
    }

    /// Whether a new paragraph begins between two lines: a gap, an indentation, or a line that ends early.
    private func endsParagraph(_ last: PDFPage.Line, before line: PDFPage.Line) -> Bool {
        let height = max(1, layout.textHeight)
        if line.box.top - last.box.bottom > height * 0.7 { return true }
        if line.words.count > 5, last.endsEarly(before: line), line.box.right > last.box.left + 30 * height {
            return true
        }
        if line.block == last.block {
            return line.box.left - last.box.left > height && !(line.text.first?.isLowercase ?? false)
        }
        return abs(line.box.left - last.box.left) > height * 2 || line.box.top - last.box.bottom > height * 0.35
    }

    /// The text of a list's item without its bullet; nil for other lines.
    private static func item(of line: PDFPage.Line) -> String? {
        guard let first = line.words.first, first.text.count == 1, "•▪◦●○■□–‣⁃∙·".contains(first.text),
            line.words.count > 1
        else { return nil }
        return PDFPage.text(of: Array(line.words.dropFirst()))
    }
}
