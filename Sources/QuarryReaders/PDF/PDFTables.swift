/// Finds the tables of a page: rows of short cells below each other.
///
/// pdftotext gives cells as lines of their own, column by column or row by row. Here the lines of the page are put into
/// rows by their height. Rows one after another whose cells begin or end at the same places are a table, unless the cells
/// are long, as the columns of a text are. The rows above them without amounts, over the columns, are its header.
struct PDFTables {
    struct Table {
        var header: [String]?
        var rows: [[String]]
        /// The lines of the page that the table replaces.
        var lines: Set<Int>
    }

    /// The tables, each with the first of its lines.
    private(set) var tables: [Int: Table] = [:]
    private(set) var lines: Set<Int> = []

    /// - Parameters:
    ///   - left: Lines that are in no table.
    ///   - headings: Lines that end a table if nothing is beside them.
    init(_ page: PDFPage, without left: Set<Int>, headings: Set<Int>) {
        let rows = PDFRow.rows(of: page, without: left.union(Self.prose(of: page)))
        func isHeading(_ row: PDFRow) -> Bool { row.cells.count == 1 && !row.lines.isDisjoint(with: headings) }
        var start = 0
        var lastEnd = 0
        while start < rows.count {
            guard rows[start].cells.count > 1 else {
                start += 1
                continue
            }
            var end = start + 1
            while end < rows.count, !isHeading(rows[end]), Self.continues(rows[start..<end], with: rows[end]) {
                end += 1
            }
            // The second line of a cell belongs to the last row, but not a label.
            while end > start, rows[end - 1].cells.count == 1,
                !Self.isSecondLine(rows[end - 1], of: rows[start..<(end - 1)])
            {
                end -= 1
            }
            let above = rows[lastEnd..<start].lastIndex(where: isHeading).map { $0 + 1 } ?? lastEnd
            let candidate = PDFTable(rows[start..<end], below: rows[above..<start])
            if let table = candidate?.table, let first = table.lines.min() {
                tables[first] = table
                lines.formUnion(table.lines)
                lastEnd = end
            }
            start = max(end, start + 1)
        }
    }

    /// The lines of paragraphs: three or more lines, and all but the last fill the width.
    private static func prose(of page: PDFPage) -> Set<Int> {
        let amounts = page.lines.filter { PDFRow.Cell.isAmount($0.text) }.map(\.box.middle).sorted()
        var prose: Set<Int> = []
        var start = 0
        while start < page.lines.count {
            var end = start + 1
            while end < page.lines.count, page.lines[end].block == page.lines[start].block { end += 1 }
            defer { start = end }
            let block = page.lines[start..<end]
            let left = block.map(\.box.left).min() ?? 0
            let right = block.map(\.box.right).max() ?? 0
            let full = block.dropLast().count { $0.box.right >= right - 0.12 * (right - left) }
            let words = block.reduce(0) { $0 + $1.words.count }
            // Labels have amounts beside them, in lines of their own or in theirs.
            let labels = block.count { Self.isNear($0.box, amounts) || Self.hasGap($0) }
            if block.count > 2, 2 * labels < block.count, right - left > 0.2 * page.width, words >= 5 * block.count,
                full * 5 >= (block.count - 1) * 4
            {
                prose.formUnion(start..<end)
            }
        }
        return prose
    }

    private static func hasGap(_ line: PDFPage.Line) -> Bool {
        zip(line.words, line.words.dropFirst()).contains { $1.box.left - $0.box.right > 2 * line.textHeight }
    }

    /// Whether one of the heights, in order, is that of a line.
    private static func isNear(_ box: PDFPage.Box, _ heights: [Double]) -> Bool {
        var (low, high) = (0, heights.count)
        while low < high {
            let middle = (low + high) / 2
            if heights[middle] < box.middle - 0.45 * box.height { low = middle + 1 } else { high = middle }
        }
        return low < heights.count && heights[low] <= box.middle + 0.45 * box.height
    }

    /// Whether a row is the second line of one cell of the row before, and not of its label.
    static func isSecondLine(_ row: PDFRow, of rows: ArraySlice<PDFRow>) -> Bool {
        guard let last = rows.last, row.cells.count == 1, row.top - last.bottom < 0.5 * last.height,
            let first = last.cells.first
        else { return false }
        return row.cells[0].left > first.right
            && last.cells.dropFirst().contains { abs($0.left - row.cells[0].left) < last.height }
    }

    /// Whether a row is close below others, and shares a column with one of the last.
    private static func continues(_ rows: ArraySlice<PDFRow>, with next: PDFRow) -> Bool {
        guard let last = rows.last, next.top - last.bottom < 2 * last.height else { return false }
        // The header of another table, over the columns.
        let left = rows.suffix(20).lazy.map { $0.cells[0].left }.min() ?? 0
        if last.cells.contains(where: \.isAmount), !next.cells.contains(where: \.isAmount),
            next.cells[0].left > left + 4 * last.height, !next.cells.contains(where: \.hasNumber) || rows.count > 2
        {
            return false
        }
        if next.cells.count == 1 {
            // A label between the rows, or the second line of a cell.
            return rows.suffix(3).contains { $0.cells.count > 1 }
        }
        return rows.suffix(4).contains { row in
            next.cells.dropFirst().contains { cell in
                row.cells.dropFirst().contains { abs($0.left - cell.left) < 6 || abs($0.right - cell.right) < 6 }
            }
        }
    }
}
