/// A line or a table of a page, in reading order, without headers and footers.
enum PDFPart {
    case line(PDFPage.Line)
    case table(PDFTables.Table)

    var line: PDFPage.Line? {
        guard case .line(let line) = self else { return nil }
        return line
    }

    static func parts(of page: PDFPage, _ layout: PDFLayout) -> [PDFPart] {
        let leftOut = layout.margins.lines(of: page)
        let headings = page.lines.indices.filter { layout.headingLevel(of: page.lines[$0]) != nil }
        let tables = PDFTables(page, without: leftOut, headings: Set(headings))
        var parts: [PDFPart] = []
        for index in page.lines.indices where !leftOut.contains(index) {
            if let table = tables.tables[index] { parts.append(.table(table)) }
            guard !tables.lines.contains(index) else { continue }
            let line = page.lines[index]
            if case .line(let last)? = parts.last, isBeside(line, last, on: page) {
                parts[parts.count - 1] = .line(last.joined(with: line))
            } else {
                parts.append(.line(line))
            }
        }
        return parts
    }

    /// Whether a line is to the right of the one before, such as the text beside a bullet or number.
    private static func isBeside(_ line: PDFPage.Line, _ last: PDFPage.Line, on page: PDFPage) -> Bool {
        let gap = line.box.left - last.box.right
        return abs(line.box.middle - last.box.middle) < 0.3 * min(line.box.height, last.box.height)
            && gap > -1 && gap < 0.25 * page.width
    }
}

extension PDFPage.Line {
    /// Whether the line ends so far before the edge of the text below that more words would have fitted.
    func endsEarly(before next: PDFPage.Line) -> Bool {
        guard let first = next.words.first, let start = next.text.first, !start.isLowercase,
            abs(next.box.left - box.left) < 2 * textHeight, next.box.top > box.top
        else { return false }
        return box.right + first.box.width + textHeight < next.box.left + 0.75 * next.box.width
    }

    fileprivate func joined(with line: PDFPage.Line) -> PDFPage.Line {
        let top = min(box.top, line.box.top)
        let box = PDFPage.Box(
            left: box.left, top: top, width: line.box.right - box.left,
            height: max(box.bottom, line.box.bottom) - top)
        var joined = PDFPage.Line(words: words + line.words, box: box, block: line.block)
        joined.measure()
        return joined
    }
}
