public import QuarryCore

/// Reads Excel workbooks (XLSX): each sheet is a heading and its tables, with cells as they are shown.
///
/// The first row of a table is its header if it is text. The header is repeated every 20 rows, and each row has
/// its cells as place. Formulas have the values that were stored with them. A date with year, month and day is written
/// as `2024-03-05`. Hidden sheets are left out with a warning.
public struct XLSXReader: Reader {
    private let keepsHidden: Bool

    /// - `keepsHidden`: Whether hidden sheets are read. The default is false.
    public init(keepsHidden: Bool = false) { self.keepsHidden = keepsHidden }

    public var formatName: String { "Excel" }
    public var pathExtensions: Set<String> { ["xlsx", "xlsm", "xltx", "xltm"] }
    public var version: String { "xlsx/4" + (keepsHidden ? " hidden" : "") }

    private static let kind = "an Excel workbook"

    public func read(_ source: Source) -> ReadResult {
        do {
            return try workbook(of: source)
        } catch let rejection as Rejection {
            return ReadResult(rejected: [rejection])
        } catch {
            return ReadResult(rejected: [.damagedOffice(source, kind: Self.kind, error as? XMLCursor.Malformed)])
        }
    }

    private func workbook(of source: Source) throws -> ReadResult {
        let package = try OfficePackage(source, kind: Self.kind)
        let main = package.main(or: "xl/workbook.xml")
        guard let bytes = package.part(main) else { throw Rejection.foreignOffice(source, kind: Self.kind) }
        let relationships = package.relationships(of: main)
        let parser = try WorkbookParser(
            workbook: bytes,
            strings: package.part("sharedstrings", of: relationships, or: "xl/sharedStrings.xml"),
            styles: package.part("styles", of: relationships, or: "xl/styles.xml"))
        guard parser.isWorkbook else { throw Rejection.foreignOffice(source, kind: Self.kind) }
        var writer = SheetWriter()
        var limit = OfficeLimits.cells
        var hidden: [String] = []
        // A part is read once, however many sheets claim it.
        var targets = Dictionary(
            relationships.filter { $0.type == "worksheet" }.map { ($0.id, $0.target) }, uniquingKeysWith: { a, _ in a })
        for sheet in parser.sheets {
            guard let target = targets.removeValue(forKey: sheet.relationship), let part = package.part(target) else {
                continue
            }
            guard keepsHidden || !sheet.isHidden else {
                hidden.append(sheet.name)
                continue
            }
            writer.add(try parser.sheet(sheet.name, part, limit: &limit))
        }
        let warnings = writer.warnings(source, isCut: limit <= 0, hiddenSheets: hidden)
        let properties = OfficeProperties(package.part("docProps/core.xml"))
        var result = writer.writer.officeResult(
            source, properties, warnings: warnings, unread: package.unread(in: source) + package.charts(in: source))
        // The name of a sheet is not a title.
        if properties.title == nil { for index in result.documents.indices { result.documents[index].title = nil } }
        return result
    }
}
