public import QuarryCore

/// Reads OpenDocument spreadsheets (ODS) as ``XLSXReader`` reads Excel workbooks. Cells have the text that they show.
public struct ODSReader: Reader {
    private let keepsHidden: Bool

    /// - `keepsHidden`: Whether hidden sheets are read. The default is false.
    public init(keepsHidden: Bool = false) { self.keepsHidden = keepsHidden }

    public var formatName: String { "OpenDocument spreadsheets" }
    public var pathExtensions: Set<String> { ["ods", "ots", "fods"] }
    public var version: String { "ods/4" + (keepsHidden ? " hidden" : "") }

    private static let kind = "an OpenDocument spreadsheet"

    public func read(_ source: Source) -> ReadResult {
        do {
            let document = try OpenDocument(source, kind: Self.kind)
            var writer = SheetWriter()
            var parser = OpenDocumentSheetParser(styles: document.styles, keepsHidden: keepsHidden)
            let foreign = try document.read("spreadsheet", of: source, kind: Self.kind) { xml in
                try xml.elements { xml, name in
                    guard name == "table", let sheet = try parser.sheet(&xml) else { return }
                    writer.add(sheet)
                }
            }
            if let foreign { return foreign }
            let warnings = writer.warnings(
                source, isCut: parser.remaining <= 0, hiddenSheets: parser.hiddenSheets)
            var result = writer.writer.officeResult(
                source, document.properties, warnings: warnings, unread: document.unread)
            // The name of a sheet is not a title.
            if document.properties.title == nil {
                for index in result.documents.indices { result.documents[index].title = nil }
            }
            return result
        } catch let rejection as Rejection {
            return ReadResult(rejected: [rejection])
        } catch {
            return ReadResult(rejected: [.damagedOffice(source, kind: Self.kind)])
        }
    }
}

/// Reads the sheets of an OpenDocument spreadsheet.
private struct OpenDocumentSheetParser {
    private var text: OpenDocumentParser
    /// Cells that may still be read.
    private(set) var remaining = OfficeLimits.cells

    private let keepsHidden: Bool
    /// The names of sheets that were left out.
    private(set) var hiddenSheets: [String] = []

    init(styles: OpenDocumentStyles, keepsHidden: Bool) {
        text = OpenDocumentParser(styles: styles)
        self.keepsHidden = keepsHidden
    }

    /// A sheet; nil if it is hidden and left out.
    mutating func sheet(_ xml: inout ElementReader) throws -> Sheet? {
        let attributes = xml.attributes()
        var sheet = Sheet(name: attributes["name"] ?? "")
        guard keepsHidden || !text.styles.isHidden(sheetStyle: attributes["style-name"]) else {
            hiddenSheets.append(sheet.name)
            return nil
        }
        var next = 1
        try rows(&xml, into: &sheet, next: &next)
        return sheet
    }

    private mutating func rows(_ xml: inout ElementReader, into sheet: inout Sheet, next: inout Int) throws {
        try xml.elements { xml, name in
            switch name {
            case "table-row":
                let repeated = Self.repetitions(xml.attributes()["number-rows-repeated"])
                guard remaining > 0 else { return }
                let cells = try cells(&xml)
                if !cells.isEmpty {
                    for index in 0..<min(repeated, OfficeLimits.repetitions) where remaining > 0 {
                        sheet.rows.append(Sheet.Row(number: next + index, cells: cells))
                        remaining -= cells.count
                    }
                }
                next = min(next + repeated, 1 << 40)
            case "table-header-rows", "table-rows", "table-row-group": try rows(&xml, into: &sheet, next: &next)
            default: break
            }
        }
    }

    private static func repetitions(_ text: String?) -> Int {
        text.flatMap(Int.init).map { max(1, min(1 << 30, $0)) } ?? 1
    }

    private mutating func cells(_ xml: inout ElementReader) throws -> [Sheet.Cell] {
        var cells: [Sheet.Cell] = []
        var column = 0
        try xml.elements { xml, name in
            guard name == "table-cell" || name == "covered-table-cell" else { return }
            let attributes = xml.attributes()
            let repeated = Self.repetitions(attributes["number-columns-repeated"])
            let type = attributes["value-type"]
            var blocks: [OpenDocumentBlock] = []
            try text.blocks(&xml) { blocks.append($0) }
            var shown = OpenDocumentParser.plainText(blocks)
            if shown.isEmpty { shown = Self.value(type, attributes) }
            if shown.contains(where: { !$0.isWhitespace }), cells.count < 20_000 {
                for index in 0..<min(repeated, OfficeLimits.repetitions) {
                    cells.append(
                        Sheet.Cell(column: column + index, text: shown, isText: type == nil || type == "string"))
                }
            }
            column = min(column + repeated, 1 << 40)
        }
        return cells
    }

    /// The value of a cell whose text is not stored.
    private static func value(_ type: String?, _ attributes: [String: String]) -> String {
        switch type {
        case "date": attributes["date-value"] ?? ""
        case "time": attributes["time-value"] ?? ""
        case "boolean": (attributes["boolean-value"] ?? "").uppercased()
        case "string": attributes["string-value"] ?? ""
        case nil: ""
        default: DecimalNumber(attributes["value"] ?? "")?.general ?? attributes["value"] ?? ""
        }
    }
}
