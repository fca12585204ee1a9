/// Puts the cells of rows into columns.
///
/// The first column holds the labels. The others are the stretches of the page's width that the other cells cover.
struct PDFTable {
    private typealias Cell = PDFRow.Cell

    private let header: [PDFRow]
    private let rows: [PDFRow]
    private let columns: [(left: Double, right: Double)]
    private let isForm: Bool

    /// - `above`: The rows over the first one, which may be the table's header.
    /// - Returns: Nil if the rows are not a table.
    init?(_ rows: ArraySlice<PDFRow>, below above: ArraySlice<PDFRow>) {
        // Fields such as `Name: …` have no header.
        let isForm = 2 * rows.count { $0.cells[0].text.hasSuffix(":") && $0.cells.count > 1 } >= rows.count
        var titles = rows.prefix { !$0.cells.contains(where: \.isAmount) }
        if Self.areRows(titles, of: rows) {
            // The fields of a form have values with numbers in them, as a date has; the titles of columns have none.
            let isTitle = titles.first.map { !$0.cells.contains(where: \.hasNumber) } ?? false
            titles = titles.prefix(isTitle ? 1 : 0)
        }
        let left = rows.lazy.map { $0.cells[0].left }.min() ?? 0
        let labelled = titles.count { $0.cells[0].left < left + $0.height }
        let hasTitles =
            !isForm && titles.count < rows.count && (titles.count <= 2 || titles.count <= 6 && labelled <= 1)
        let body = hasTitles ? rows.dropFirst(titles.count) : rows
        let full = body.filter { $0.cells.count > 1 }
        guard !full.isEmpty, let columns = isForm ? Self.fields(of: full) : Self.columns(of: full) else { return nil }
        let firstValue = columns[1].left
        let upper: (header: [PDFRow], labels: [PDFRow]) =
            isForm ? ([], []) : Self.header(above + (hasTitles ? titles : []), over: body, from: firstValue)
        let values = full.flatMap { $0.cells.dropFirst() }
        let words = values.map(\.words).sorted()[values.count / 2]
        let amounts = values.count { $0.hasNumber || $0.isAmount }
        // One row is enough if it is wide and has a header.
        guard full.count + (upper.header.isEmpty ? 0 : 1) >= (columns.count > 3 && !upper.header.isEmpty ? 2 : 3),
            words <= 5 && (2 * amounts >= values.count || columns.count > 2 && words <= 3) || words <= 10 && isForm
        else { return nil }
        self.columns = columns
        self.isForm = isForm
        header = upper.header
        self.rows = upper.labels + body
    }

    var table: PDFTables.Table {
        var texts: [[String]] = []
        for (number, row) in rows.enumerated() {
            let cells = self.texts(of: [row])
            if PDFTables.isSecondLine(row, of: rows[..<number]), let last = texts.last {
                texts[texts.count - 1] = zip(last, cells).map { $1.isEmpty ? $0 : $0 + ($0.isEmpty ? "" : " ") + $1 }
                continue
            }
            // A label of two lines: the amounts are beside its second line.
            if row.cells.count > 1, let last = texts.last, last.dropFirst().allSatisfy(\.isEmpty),
                !last[0].hasSuffix(":"),
                cells[0].first?.isLowercase ?? false
            {
                texts[texts.count - 1] = [last[0] + " " + cells[0]] + cells.dropFirst()
            } else {
                texts.append(cells)
            }
        }
        return PDFTables.Table(
            header: header.isEmpty ? nil : self.texts(of: header), rows: texts,
            lines: (header + rows).reduce(into: []) { $0.formUnion($1.lines) })
    }

    /// The texts of the columns.
    private func texts(of rows: [PDFRow]) -> [String] {
        var texts = [String](repeating: "", count: columns.count)
        for row in rows {
            for cell in row.cells {
                let column = column(of: cell)
                texts[column] += texts[column].isEmpty ? cell.text : " " + cell.text
            }
        }
        return texts
    }

    /// The first column that a cell is over: a title of several columns belongs to the first of them.
    private func column(of cell: Cell) -> Int {
        if isForm { return columns.lastIndex { $0.left <= cell.left + 6 } ?? 0 }
        if cell.left < columns[1].left - 1, cell.left <= columns[0].right { return 0 }
        let covered = columns.indices.first { index in
            min(columns[index].right, cell.right) - max(columns[index].left, cell.left) > 0
        }
        return covered
            ?? columns.indices.min { abs(columns[$0].left - cell.left) < abs(columns[$1].left - cell.left) } ?? 0
    }

    // MARK: Columns

    /// The left and right edges of the columns; nil for fewer than two.
    private static func columns(of rows: [PDFRow]) -> [(left: Double, right: Double)]? {
        let labels = rows.map { $0.cells[0] }
        // A long cell would make one column of those that it covers.
        let values = rows.flatMap { $0.cells.dropFirst() }
        let usual = values.map(\.words).sorted()[values.count / 2]
        let spans = values.filter { $0.words <= max(3, 3 * usual) }.map { ($0.left, $0.right) }.sorted { $0 < $1 }
        var columns: [(left: Double, right: Double)] = []
        for (left, right) in spans {
            if let last = columns.last, left <= last.right + 1 {
                columns[columns.count - 1].right = max(last.right, right)
            } else {
                columns.append((left, right))
            }
        }
        guard let first = columns.first, let left = labels.map(\.left).min() else { return nil }
        let beside = labels.filter { $0.left < first.left - 1 }
        guard !beside.isEmpty, left < first.left else { return columns.count > 1 ? columns : nil }
        return [(left, min(first.left - 1, beside.map(\.right).max() ?? left))] + columns
    }

    /// The columns of a form: the places where several cells begin. A long value may reach over the next column.
    private static func fields(of rows: [PDFRow]) -> [(left: Double, right: Double)]? {
        let cells = rows.flatMap(\.cells).sorted { $0.left < $1.left }
        var columns: [(left: Double, right: Double, count: Int)] = []
        for cell in cells {
            if let last = columns.last, cell.left - last.left < 6 {
                columns[columns.count - 1].count += 1
            } else {
                columns.append((cell.left, cell.left, 1))
            }
        }
        let usual = columns.filter { 4 * $0.count >= rows.count }.map { (left: $0.left, right: $0.right) }
        return usual.count > 1 ? usual : nil
    }

    // MARK: Header

    /// Whether rows without amounts at the beginning are rows of their own, such as the fields of a form, and not the lines
    /// of titles: each has a label and a value, and they are as far from each other as the other rows are.
    private static func areRows(_ titles: ArraySlice<PDFRow>, of rows: ArraySlice<PDFRow>) -> Bool {
        guard titles.count > 1, titles.count < rows.count else { return false }
        let left = rows.lazy.map { $0.cells[0].left }.min() ?? 0
        let usual = rows.map(\.cells.count).sorted()[rows.count / 2]
        func gaps(_ rows: ArraySlice<PDFRow>) -> [Double] { zip(rows, rows.dropFirst()).map { $1.top - $0.bottom } }
        let others = gaps(rows[(titles.endIndex - 1)...]).sorted()
        guard let narrowest = gaps(titles).min(), narrowest >= 0.8 * others[others.count / 2] - 1 else { return false }
        return titles.allSatisfy { row in
            row.cells[0].left < left + row.height && row.cells.count >= max(2, usual)
                && row.cells.allSatisfy { !($0.text.first?.isLowercase ?? false) }
        }
    }

    /// The rows above a table that are its header, and the labels between them and its first full row.
    private static func header(
        _ above: ArraySlice<PDFRow>, over body: ArraySlice<PDFRow>, from firstValue: Double
    ) -> (header: [PDFRow], labels: [PDFRow]) {
        guard let first = body.first else { return ([], []) }
        var header: [PDFRow] = []
        var labels: [PDFRow] = []
        var below = first
        for row in above.suffix(8).reversed() {
            guard below.top - row.bottom < 2.2 * below.height, row.cells.allSatisfy({ !$0.isAmount && $0.words <= 8 })
            else { break }
            if row.cells.contains(where: { $0.left >= firstValue - 3 * row.height }) {
                // A line over the whole table is its title, unless it is only over the columns.
                header.insert(row, at: 0)
            } else if header.isEmpty, row.cells.count == 1, row.cells[0].right < firstValue, labels.count < 2 {
                labels.insert(row, at: 0)
            } else {
                break
            }
            below = row
        }
        if header.isEmpty { labels = Array(labels.reversed().prefix { $0.cells[0].text.hasSuffix(":") }.reversed()) }
        return (header, labels)
    }
}
