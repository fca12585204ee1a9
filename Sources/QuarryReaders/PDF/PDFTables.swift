/// Finds the tables of a page: rows of short cells below each other.
///
/// pdftotext gives cells as lines of their own, column by column or row by row. Here the lines of the page are put
/// into rows by their height. Three or more rows one after another whose cells begin or end at the same places are a table,
/// unless the cells are long, as the columns of a text are.
struct PDFTables {
    struct Table {
        var rows: [[String]]
        /// The lines of the page that the table replaces.
        var lines: Set<Int>
    }

    private struct Cell {
        var text: String
        var left: Double
        var right: Double
    }

    private struct Row {
        var cells: [Cell]
        var top: Double
        var bottom: Double
        var lines: Set<Int>
    }

    /// The tables, each with the first of its lines.
    private(set) var tables: [Int: Table] = [:]
    private(set) var lines: Set<Int> = []

    init(_ page: PDFPage, without left: Set<Int>) {
        let rows = Self.rows(of: page, without: left)
        var start = 0
        while start < rows.count {
            guard rows[start].cells.count > 1 else {
                start += 1
                continue
            }
            var end = start + 1
            while end < rows.count, Self.continues(rows[start..<end], with: rows[end]) { end += 1 }
            while end > start, rows[end - 1].cells.count == 1 { end -= 1 }
            if let table = Self.table(of: Array(rows[start..<end])), let first = table.lines.min() {
                tables[first] = table
                lines.formUnion(table.lines)
            }
            start = max(end, start + 1)
        }
    }

    // MARK: Rows

    private static func rows(of page: PDFPage, without left: Set<Int>) -> [Row] {
        let lines = page.lines.indices.filter { !left.contains($0) }.map { (index: $0, box: page.lines[$0].box) }
            .sorted { ($0.box.top, $0.box.left, $0.index) < ($1.box.top, $1.box.left, $1.index) }
        // A line belongs to one row with all of its words, so that a table that replaces it loses none.
        var rows: [[(word: PDFPage.Word, line: Int)]] = []
        var middle = -Double.infinity
        for (index, box) in lines {
            let words = page.lines[index].words.map { (word: $0, line: index) }
            if abs(box.top + box.height / 2 - middle) <= box.height * 0.45, !rows.isEmpty {
                rows[rows.count - 1] += words
            } else {
                rows.append(words)
                middle = box.top + box.height / 2
            }
        }
        return rows.map { items in
            let items = items.sorted { $0.word.box.left < $1.word.box.left }
            var cells: [Cell] = []
            for (word, _) in items {
                if let last = cells.last, word.box.left - last.right < max(2, word.box.height) * 0.9 {
                    cells[cells.count - 1].text += " " + word.text
                    cells[cells.count - 1].right = max(last.right, word.box.right)
                } else {
                    cells.append(Cell(text: word.text, left: word.box.left, right: word.box.right))
                }
            }
            return Row(
                cells: cells, top: items.map(\.word.box.top).min() ?? 0,
                bottom: items.map(\.word.box.bottom).max() ?? 0,
                lines: Set(items.map(\.line)))
        }
    }

    /// Whether a row is close below others, and shares a column with one of the last.
    private static func continues(_ rows: ArraySlice<Row>, with next: Row) -> Bool {
        guard let last = rows.last else { return false }
        let height = max(1, last.bottom - last.top)
        guard next.top - last.bottom < 2 * height else { return false }
        if next.cells.count == 1 {
            // A label between the rows, or the second line of a cell.
            return rows.count > 1 && last.cells.count > 1
        }
        return rows.suffix(3).contains { row in
            next.cells.dropFirst().contains { cell in
                row.cells.dropFirst().contains { abs($0.left - cell.left) < 6 || abs($0.right - cell.right) < 6 }
            }
        }
    }

    // MARK: Tables

    private static func table(of rows: [Row]) -> Table? {
        let full = rows.filter { $0.cells.count > 1 }
        guard full.count >= 3 else { return nil }
        let cells = full.flatMap { $0.cells.dropFirst() }
        let words = cells.map { $0.text.split(separator: " ").count }.sorted()
        let withNumbers = cells.count { $0.text.contains(where: \.isNumber) }
        let columns = columns(of: full)
        guard columns.count > 1, words[words.count / 2] <= 5,
            2 * withNumbers >= cells.count || columns.count > 2 && words[words.count / 2] <= 3
        else { return nil }
        let texts = rows.map { row -> [String] in
            var texts = [String](repeating: "", count: columns.count)
            for cell in row.cells {
                let column = columns.lastIndex { $0 <= cell.right + 1 } ?? 0
                texts[column] += texts[column].isEmpty ? cell.text : " " + cell.text
            }
            return texts
        }
        return Table(rows: texts, lines: rows.reduce(into: []) { $0.formUnion($1.lines) })
    }

    /// The left edges of the columns: of the stretches of the page's width that cells cover, apart by gaps in all rows.
    private static func columns(of rows: [Row]) -> [Double] {
        let spans = rows.flatMap(\.cells).map { ($0.left, $0.right) }.sorted { $0 < $1 }
        var columns: [(left: Double, right: Double)] = []
        for (left, right) in spans {
            if let last = columns.last, left <= last.right + 1 {
                columns[columns.count - 1].right = max(last.right, right)
            } else {
                columns.append((left, right))
            }
        }
        return columns.map(\.left)
    }
}
