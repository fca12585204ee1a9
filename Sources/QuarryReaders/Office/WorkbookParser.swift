/// The parts of an Excel workbook that its sheets refer to.
struct WorkbookParser {
    /// A sheet of the workbook, by the id of its relationship.
    struct SheetReference {
        var name: String
        var relationship: String
        var isHidden: Bool
    }

    private(set) var sheets: [SheetReference] = []
    private(set) var countsFrom1904 = false
    private(set) var isWorkbook = false
    private var strings: [String] = []
    private var formats: [NumberFormat] = []

    /// Reads `workbook.xml`.
    init(workbook: [UInt8], strings: [UInt8]?, styles: [UInt8]?) throws {
        var found: [SheetReference] = []
        var (from1904, isWorkbook) = (false, false)
        try ElementReader.read(workbook) { xml in
            try xml.descendants { xml, name in
                if name == "workbook" { isWorkbook = true }
                if name == "workbookPr" { from1904 = ["1", "true"].contains(xml.attribute("date1904")) }
                guard name == "sheet", let name = xml.attribute("name"), let id = xml.relationship else { return }
                let isHidden = xml.attribute("state").map { $0 != "visible" } ?? false
                found.append(SheetReference(name: name, relationship: id, isHidden: isHidden))
            }
        }
        (sheets, countsFrom1904, self.isWorkbook) = (found, from1904, isWorkbook)
        if let strings { self.strings = try Self.strings(strings) }
        if let styles { formats = (try? Self.formats(styles)) ?? [] }
    }

    private static func strings(_ bytes: [UInt8]) throws -> [String] {
        var strings: [String] = []
        try ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in
                try xml.elements { xml, name in
                    if name == "si" { strings.append(try richText(&xml)) }
                }
            }
        }
        return strings
    }

    /// The text of a string without the readings of its characters (`rPh`).
    private static func richText(_ xml: inout ElementReader) throws -> String {
        var text = ""
        try xml.elements { xml, name in
            if name == "t" { text += try xml.text() }
            if name == "r" { text += try richText(&xml) }
        }
        return text
    }

    /// The number formats of the cell styles, by index.
    private static func formats(_ bytes: [UInt8]) throws -> [NumberFormat] {
        var codes: [Int: String] = [:]
        var ids: [Int] = []
        try ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in
                try xml.elements { xml, group in
                    try xml.elements { xml, name in
                        guard let id = xml.attribute("numFmtId").flatMap(Int.init) else {
                            if group == "cellXfs" { ids.append(0) }
                            return
                        }
                        if group == "numFmts" { codes[id] = xml.attribute("formatCode") }
                        if group == "cellXfs" { ids.append(id) }
                    }
                }
            }
        }
        var known: [Int: NumberFormat] = [:]
        return ids.map { id in
            if let format = known[id] { return format }
            let format = codes[id].map { NumberFormat($0) } ?? NumberFormat(builtIn: id) ?? .general
            known[id] = format
            return format
        }
    }

    // MARK: Sheets

    /// The rows of a sheet.
    ///
    /// - `limit`: The most cells to read; it is lowered by those that are read.
    func sheet(_ name: String, _ bytes: [UInt8], limit: inout Int) throws -> Sheet {
        var sheet = Sheet(name: name)
        try ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in
                try xml.elements { xml, name in
                    guard name == "sheetData" else { return }
                    try xml.elements { xml, name in
                        guard name == "row", limit > 0 else { return }
                        let row = try row(&xml, after: sheet.rows.last?.number ?? 0)
                        limit -= row.cells.count
                        if !row.cells.isEmpty { sheet.rows.append(row) }
                    }
                }
            }
        }
        return sheet
    }

    private func row(_ xml: inout ElementReader, after last: Int) throws -> Sheet.Row {
        let number = xml.attribute("r").flatMap(Int.init).map { min($0, 10_000_000) } ?? last + 1
        var row = Sheet.Row(number: max(number, last + 1))
        try xml.elements { xml, name in
            guard name == "c", row.cells.count < 20_000 else { return }
            let next = (row.cells.last?.column ?? -1) + 1
            let column = xml.attribute("r").flatMap(Self.column) ?? next
            guard let (text, isText) = try cell(&xml) else { return }
            row.cells.append(Sheet.Cell(column: max(column, next), text: text, isText: isText))
        }
        return row
    }

    /// The text of a cell, and whether it is text; nil if it is empty.
    private func cell(_ xml: inout ElementReader) throws -> (String, isText: Bool)? {
        let type = xml.attribute("t") ?? "n"
        let style = xml.attribute("s").flatMap(Int.init) ?? 0
        var (value, inline) = ("", "")
        try xml.elements { xml, name in
            if name == "v" { value = try xml.text() }
            if name == "is" { inline = try Self.richText(&xml) }
        }
        let text: String
        switch type {
        case "s":
            guard let index = Int(value.trimmingSpaces), strings.indices.contains(index) else { return nil }
            text = strings[index]
        case "inlineStr": text = inline
        case "b": text = value == "1" || value == "true" ? "TRUE" : value.isEmpty ? "" : "FALSE"
        case "str", "e", "d": text = value
        default:
            value = value.trimmingSpaces
            guard !value.isEmpty else { return nil }
            let format = formats.indices.contains(style) ? formats[style] : .general
            text = format.shown(value, countsFrom1904: countsFrom1904)
        }
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        return (text, isText: type == "s" || type == "inlineStr" || type == "str")
    }

    /// The column of a reference such as `AB12`, from 0; nil if it has none.
    private static func column(of reference: String) -> Int? {
        var column = 0
        for byte in reference.utf8 {
            let letter = byte & 0xDF
            guard (0x41...0x5A).contains(letter) else { break }
            column = column * 26 + Int(letter - 0x40)
            guard column <= 16_384 else { return nil }
        }
        return column == 0 ? nil : column - 1
    }
}
