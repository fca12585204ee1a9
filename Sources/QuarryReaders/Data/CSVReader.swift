public import QuarryCore
import QuarryText

/// Reads tables of separated values: CSV and TSV.
///
/// The delimiter (comma, semicolon, tab or bar), the quotes and their escapes are detected. If the first row names the
/// columns, it is their header; otherwise they are numbered. Lines of one cell before the table are paragraphs, the
/// first of them the title.
///
/// The document consists of tables of some 20 rows. Each has the header, and each row has a place, such as
/// `costs.csv!A7:F7`. Rows of more than 50 cells are lists of `name: value`. White space within a cell becomes one space.
public struct CSVReader: Reader {
    public init() {}

    public var formatName: String { "tables" }
    public var pathExtensions: Set<String> { ["csv", "tsv", "tab"] }
    public var version: String { "csv/4" }

    public func read(_ source: Source) -> ReadResult {
        do throws(Rejection) {
            let clean = try CleanSource(source)
            let bytes = Array(clean.text.utf8)
            let (document, cut) = bytes.withUnsafeBufferPointer { bytes in
                let path = source.id.utf8.suffix(4).map { $0 | 0x20 }
                let isTabbed = path.elementsEqual(".tsv".utf8) || path.elementsEqual(".tab".utf8)
                let (dialect, start) = CSVDialect.detect(bytes, isTabbed: isTabbed)
                var table = CSVTable(parser: CSVParser(bytes, dialect, from: start), firstRow: start > 0 ? 2 : 1)
                table.write()
                return (table.writer.document(id: source.id, title: table.title, from: clean), table.cut)
            }
            guard let written = document else { throw Rejection.empty(source.id) }
            let warning = cut.map { row in
                Rejection(
                    source: source.id, line: nil, reason: .tooLarge,
                    message: "The rows from \(row) on are left out: with the names of their columns they are too long.")
            }
            return ReadResult(
                documents: [written.document], warnings: clean.warnings + [warning].compactMap(\.self),
                bidirectionalControls: clean.removed.bidirectionalControls)
        } catch {
            return ReadResult(rejected: [error])
        }
    }
}

/// Writes the rows of one file.
private struct CSVTable {
    private var parser: CSVParser
    var writer = DocumentWriter()
    private(set) var title: String?

    private var header: (number: Int, cells: [CSVCell])?
    private var names: [String] = []
    private var isHeaderWritten = false
    /// The rows of the next table, with their numbers, and the length of its text.
    private var rows: [(number: Int, cells: [CSVCell])] = []
    private var length = 0
    private var nextNumber: Int

    /// The first row that was left out, because names of columns made the text too long; nil if none was.
    private(set) var cut: Int?
    /// Eight times the file, and some more, for names of columns that are written again.
    private let maximumBytes: Int

    private static let rowsOfTable = 20
    private static let bytesOfTable = 1 << 12
    private static let maximumColumns = 50
    private static let judgedRows = 100

    init(parser: CSVParser, firstRow: Int) {
        self.parser = parser
        maximumBytes = min(8 * parser.bytes.count + (16 << 20), 1 << 30)
        nextNumber = firstRow
    }

    /// Rows count from 1, as a spreadsheet shows them. Empty rows count, but are not returned.
    private mutating func nextRow() -> (number: Int, cells: [CSVCell])? {
        var cells: [CSVCell] = []
        while parser.next(&cells) {
            nextNumber += 1
            if !cells.allSatisfy(parser.isEmpty) { return (nextNumber - 1, cells) }
        }
        return nil
    }

    mutating func write() {
        var judged: [(number: Int, cells: [CSVCell])] = []
        while judged.count <= Self.judgedRows, let row = nextRow() { judged.append(row) }
        let preamble = preambleCount(judged)
        for row in judged[..<preamble] { writePreamble(row) }
        judged.removeFirst(preamble)
        if let first = judged.first,
            CSVHeader(first: first.cells, rows: judged.dropFirst().map(\.cells), in: parser).isHeader
        {
            header = first
            // Names are written again with each table.
            names = first.cells.map { String(parser.text(of: $0).prefix(200)) }
            judged.removeFirst()
        }
        for row in judged where cut == nil { add(row) }
        while cut == nil, let row = nextRow() { add(row) }
        writeTable()
    }

    /// The number of first rows that have one cell, before rows that have more.
    private func preambleCount(_ rows: [(number: Int, cells: [CSVCell])]) -> Int {
        let count = rows.prefix { row in row.cells.count { !parser.isEmpty($0) } == 1 }.count
        guard count < rows.count, rows[count].cells.count > 1 else { return 0 }
        return count
    }

    private mutating func writePreamble(_ row: (number: Int, cells: [CSVCell])) {
        for (column, cell) in row.cells.enumerated() where !parser.isEmpty(cell) {
            if title == nil { title = parser.text(of: cell) }
            let name = "\(Self.letters(column))\(row.number)"
            writer.move(to: .cells(sheet: "", range: name))
            writer.begin(.paragraph)
            append(cell)
            writer.end()
        }
    }

    private mutating func add(_ row: (number: Int, cells: [CSVCell])) {
        guard writer.count <= maximumBytes else {
            cut = row.number
            return
        }
        guard max(row.cells.count, names.count) <= Self.maximumColumns else {
            writeTable()
            writeList(row)
            return
        }
        rows.append(row)
        if let first = row.cells.first, let last = row.cells.last {
            length += last.range.upperBound - first.range.lowerBound
        }
        if rows.count >= Self.rowsOfTable || length >= Self.bytesOfTable { writeTable() }
    }

    private mutating func writeTable() {
        defer { (rows, length) = ([], 0) }
        guard !rows.isEmpty else { return }
        let width = rows.reduce(names.count) { max($0, $1.cells.count) }
        writer.move(to: header.map { place(of: $0.number, width: width) })
        writer.beginRow()
        for column in 0..<width {
            writer.beginCell()
            if let header {
                guard column < header.cells.count else { continue }
                if isHeaderWritten { writer.append(names[column]) } else { append(header.cells[column]) }
            } else if width > 1 {
                writer.append("\(column + 1)")
            }
        }
        writer.endRow(isHeader: true)
        isHeaderWritten = true
        for row in rows {
            writer.move(to: place(of: row.number, width: width), within: true)
            writer.beginRow()
            for cell in row.cells {
                writer.beginCell()
                append(cell)
            }
            writer.endRow()
        }
        writer.endTable()
    }

    private mutating func writeList(_ row: (number: Int, cells: [CSVCell])) {
        writer.move(to: place(of: row.number, width: row.cells.count))
        for (column, cell) in row.cells.enumerated() where !parser.isEmpty(cell) {
            let name = column < names.count && !names[column].isEmpty ? names[column] : "\(column + 1)"
            writer.begin(.item(depth: 0))
            writer.append(name + ": ")
            append(cell)
        }
        writer.end()
    }

    private func place(of row: Int, width: Int) -> Place {
        .cells(sheet: "", range: "A\(row):\(Self.letters(max(1, width) - 1))\(row)")
    }

    /// Appends a cell to the open part, with its source.
    private mutating func append(_ cell: CSVCell) {
        let bytes = parser.bytes
        parser.forEachRun(of: cell) { run in
            writer.append(UnsafeBufferPointer(rebasing: bytes[run]), source: run)
        }
    }

    /// The name of a column: A to Z, AA, AB and so on.
    private static func letters(_ column: Int) -> String {
        var name: [UInt8] = []
        var rest = column
        while rest >= 0 {
            name.insert(UInt8(ascii: "A") + UInt8(rest % 26), at: 0)
            rest = rest / 26 - 1
        }
        return String(decoding: name, as: UTF8.self)
    }
}
