import QuarryCore

/// A sheet of a workbook: the rows and cells with text.
struct Sheet {
    struct Cell {
        /// From 0.
        var column: Int
        var text: String
        /// Whether it is text, not a number, date or truth value.
        var isText: Bool
    }

    struct Row {
        /// From 1.
        var number: Int
        /// In ascending columns.
        var cells: [Cell] = []

        var isText: Bool { cells.allSatisfy(\.isText) }
    }

    var name: String
    /// In ascending numbers.
    var rows: [Row] = []
}

/// Writes sheets as headings and tables. Each stretch of rows repeats the header, and each row has its own place.
struct SheetWriter {
    private(set) var writer = DocumentWriter()
    /// Cells that may still be written.
    private var remaining = OfficeLimits.cells
    /// Whether cells were left out.
    private(set) var isCut = false

    /// Rows of a stretch.
    private static let rowsOfTable = 20

    /// A table within a sheet.
    private struct Table {
        var header: Sheet.Row?
        var rows: [Sheet.Row]
    }

    mutating func add(_ sheet: Sheet) {
        guard !sheet.rows.isEmpty, !isCut else { return }
        writer.move(to: nil)
        writer.add(.heading(level: 1), sheet.name)
        let isWide = sheet.rows.contains { $0.cells.count > 1 }
        var table: Table?
        let regions = Self.regions(of: sheet.rows)
        for (index, region) in regions.enumerated() {
            let (title, rows) = Self.title(of: region, isFirst: table == nil, isWide: isWide)
            if !title.isEmpty {
                write(&table, of: sheet)
                for row in title { writeParagraph(row, of: sheet) }
            }
            guard let first = rows.first else { continue }
            let hasHeader =
                table == nil
                ? first.isText && (rows.count > 1 || first.cells.count > 1 && index + 1 < regions.count)
                : Self.isNextHeader(rows)
            if table != nil, !hasHeader {
                table?.rows += rows
            } else {
                write(&table, of: sheet)
                table = Table(header: hasHeader ? first : nil, rows: Array(hasHeader ? rows.dropFirst() : rows))
            }
        }
        write(&table, of: sheet)
        writer.move(to: nil)
    }

    // MARK: Parts of a sheet

    /// The rows between empty rows.
    private static func regions(of rows: [Sheet.Row]) -> [ArraySlice<Sheet.Row>] {
        var regions: [ArraySlice<Sheet.Row>] = []
        var start = 0
        for index in rows.indices.dropFirst() where rows[index].number > rows[index - 1].number + 1 {
            regions.append(rows[start..<index])
            start = index
        }
        regions.append(rows[start...])
        return regions
    }

    /// Splits off the lines above a table, which have one cell.
    private static func title(
        of region: ArraySlice<Sheet.Row>, isFirst: Bool, isWide: Bool
    ) -> (title: ArraySlice<Sheet.Row>, rows: ArraySlice<Sheet.Row>) {
        guard let start = region.firstIndex(where: { $0.cells.count > 1 }) else {
            // Lines of text near a table, or a table of one column.
            let isText = isWide && region.count <= 3 && region.allSatisfy(\.isText)
            return isText ? (region, region.suffix(0)) : (region.prefix(0), region)
        }
        let rest = region[start...]
        let isTitle = isFirst || isNextHeader(rest)
        let split = isTitle && region[..<start].allSatisfy(\.isText) ? start : region.startIndex
        return (region[..<split], region[split...])
    }

    /// Whether rows after an empty one begin with a header of their own: text above numbers.
    private static func isNextHeader(_ rows: ArraySlice<Sheet.Row>) -> Bool {
        guard let first = rows.first, first.isText, first.cells.count > 1, let second = rows.dropFirst().first else {
            return false
        }
        return !second.isText && second.cells.count <= first.cells.count
    }

    // MARK: Writing

    private mutating func writeParagraph(_ row: Sheet.Row, of sheet: Sheet) {
        guard let cell = row.cells.first, remaining > 0, writer.count < OfficeLimits.text else {
            isCut = true
            return
        }
        remaining -= 1
        writer.move(to: .cells(sheet: sheet.name, range: Self.reference(cell.column, row.number)))
        writer.add(.paragraph, cell.text)
    }

    private mutating func write(_ table: inout Table?, of sheet: Sheet) {
        defer { table = nil }
        guard let table else { return }
        let header = table.header.map { [$0] } ?? []
        var used: Set<Int> = []
        for row in header + table.rows { for cell in row.cells { used.insert(cell.column) } }
        let columns = used.sorted()
        guard let first = columns.first, let last = columns.last else { return }
        let positions = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        func write(_ row: Sheet.Row, isFirst: Bool, isHeader: Bool = false) {
            let (from, to) = (Self.reference(first, row.number), Self.reference(last, row.number))
            writer.move(to: .cells(sheet: sheet.name, range: from == to ? from : "\(from):\(to)"), within: !isFirst)
            self.write(row, positions, isHeader: isHeader)
        }
        var start = 0
        repeat {
            for row in header { write(row, isFirst: true, isHeader: true) }
            let end = min(table.rows.count, start + Self.rowsOfTable)
            for index in start..<end { write(table.rows[index], isFirst: header.isEmpty && index == start) }
            start = end
        } while start < table.rows.count && !isCut
    }

    private mutating func write(_ row: Sheet.Row, _ positions: [Int: Int], isHeader: Bool = false) {
        // Very wide rows end with their last text.
        let width =
            positions.count <= 256 ? positions.count : (row.cells.last.flatMap { positions[$0.column] } ?? 0) + 1
        guard !isCut, remaining >= width, writer.count < OfficeLimits.text else {
            isCut = true
            return
        }
        remaining -= width
        writer.beginRow()
        var written = 0
        for cell in row.cells {
            guard let position = positions[cell.column], position >= written else { continue }
            while written <= position {
                writer.beginCell()
                written += 1
            }
            guard writer.count < OfficeLimits.text else {
                isCut = true
                break
            }
            writer.append(cell.text)
        }
        while written < width {
            writer.beginCell()
            written += 1
        }
        writer.endRow(isHeader: isHeader)
    }

    /// A cell's name, such as `AB12`.
    private static func reference(_ column: Int, _ row: Int) -> String {
        var (rest, letters) = (column + 1, "")
        while rest > 0 {
            letters = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + letters
            rest = (rest - 1) / 26
        }
        return "\(letters)\(row)"
    }
}

extension SheetWriter {
    /// What was left out of a workbook: what exceeds the limits, and hidden sheets.
    func warnings(_ source: Source, isCut: Bool, hiddenSheets: [String]) -> [Rejection] {
        var warnings: [Rejection] = []
        if self.isCut || isCut { warnings.append(.cutWorkbook(source)) }
        if !hiddenSheets.isEmpty { warnings.append(.hiddenSheets(source, hiddenSheets)) }
        return warnings
    }
}

extension Rejection {
    /// A warning that a workbook was read in part.
    fileprivate static func cutWorkbook(_ source: Source) -> Rejection {
        Rejection(
            source: source.id, reason: .tooLarge,
            message: "The workbook is too large to be read whole: only its first \(OfficeLimits.cells) cells, or "
                + "\(OfficeLimits.text >> 20) MB of text, were read. Split it.")
    }

    /// A warning that names at most ten hidden sheets.
    fileprivate static func hiddenSheets(_ source: Source, _ names: [String]) -> Rejection {
        let shown = names.prefix(10).map { "“\($0.joiningWords().prefix(100))”" }.joined(separator: ", ")
        let sheets = names.count == 1 ? "1 hidden sheet was" : "\(names.count) hidden sheets were"
        return Rejection(
            source: source.id, reason: .hiddenText,
            message: "\(sheets) left out: \(shown)\(names.count > 10 ? ", …" : "").")
    }
}
