/// Decides whether the first row of a table names its columns.
struct CSVHeader {
    private let parser: CSVParser
    private let first: [CSVCell]
    private var columns: [Column]

    private struct Column {
        var kinds: [CSVCellKind: Int] = [:]
        var lengths: Set<Int> = []
        var texts: Set<String> = []
        var count = 0
    }

    /// - `rows`: The rows after the first that are compared with it.
    init(first: [CSVCell], rows: [[CSVCell]], in parser: CSVParser) {
        self.parser = parser
        self.first = first
        columns = Array(repeating: Column(), count: first.count)
        for row in rows {
            for (index, cell) in row.prefix(first.count).enumerated() {
                let kind = CSVCellKind(cell, in: parser)
                guard kind != .empty else { continue }
                columns[index].count += 1
                columns[index].kinds[kind, default: 0] += 1
                columns[index].lengths.insert(cell.range.count)
                columns[index].texts.insert(parser.text(of: cell))
            }
        }
    }

    var isHeader: Bool {
        guard columns.contains(where: { $0.count > 0 }) else { return false }
        var votes = 0.0
        var names: Set<String> = []
        var isPlain = true
        for (cell, column) in zip(first, columns) {
            let kind = CSVCellKind(cell, in: parser)
            let text = parser.text(of: cell)
            if kind != .empty, !names.insert(text).inserted { isPlain = false }
            if text.utf8.count > 80 { isPlain = false }
            guard column.count > 0, kind != .empty else { continue }
            let values = (column.kinds[.number] ?? 0) + (column.kinds[.date] ?? 0)
            if column.texts.contains(text) {
                votes -= 1
                isPlain = false
            } else if values * 5 >= column.count * 4 {
                // Years name columns of other numbers.
                let isName = isYear(text) && !column.texts.allSatisfy(isYear)
                votes += !kind.isValue ? 1 : isName ? 0.5 : -1
            } else if kind.isValue, !isYear(text) {
                isPlain = false
            } else if column.count > 2, column.lengths.count == 1, !column.lengths.contains(cell.range.count) {
                votes += 0.5
            }
        }
        return votes > 0 || votes == 0 && isPlain
    }

    /// Whether a text is a year, or years such as `1999/00`.
    private func isYear(_ text: String) -> Bool {
        let parts = text.split { "/-–".contains($0) }.map { Int($0) ?? -1 }
        guard let first = parts.first, parts.count <= 2, (1000...2999).contains(first) else { return false }
        return (0...2999).contains(parts.last ?? 0)
    }
}
