import QuarryText

/// The title and values of a chart of Office, as a table: a column for each series.
struct OfficeChart {
    private(set) var title = ""
    private var categories: [Int: String] = [:]
    private var series: [Series] = []

    private struct Series {
        var name = ""
        var values: [Int: String] = [:]
    }

    /// Of larger charts the rest is left out, and the last row says so.
    private static let maximumSeries = 64
    private static let maximumPoints = 2_000
    private var isCut = false

    /// Reads what precedes the first fault; a chart is not worth rejecting a document.
    init(_ bytes: [UInt8]) {
        var chart = self
        try? ElementReader.read(bytes) { xml in try xml.elements { xml, _ in try chart.read(&xml) } }
        self = chart
    }

    /// The header and the rows; empty without values.
    var rows: [[String]] {
        guard let last = series.flatMap(\.values.keys).max() else { return [] }
        let header = [""] + series.enumerated().map { $1.name.isEmpty ? "Series \($0 + 1)" : $1.name }
        return [header]
            + (0...last).compactMap { index in
                let values = series.map { $0.values[index] ?? "" }
                return values.allSatisfy(\.isEmpty) ? nil : [categories[index] ?? "\(index + 1)"] + values
            } + (isCut ? [["…"]] : [])
    }

    private mutating func read(_ xml: inout ElementReader) throws {
        try xml.elements { xml, name in
            switch name {
            case "title" where title.isEmpty: title = try Self.text(&xml).joiningWords()
            case "ser":
                guard series.count < Self.maximumSeries else {
                    isCut = true
                    return
                }
                try readSeries(&xml)
            // Axes have titles of their own.
            case "catAx", "valAx", "dateAx", "serAx", "txPr", "spPr", "style", "legend": break
            default: try read(&xml)
            }
        }
    }

    private mutating func readSeries(_ xml: inout ElementReader) throws {
        var found = Series()
        try xml.elements { xml, name in
            switch name {
            case "tx": found.name = try points(&xml)[0]?.joiningWords() ?? ""
            case "cat", "xVal":
                let points = try points(&xml)
                if categories.isEmpty { categories = points }
            case "val", "yVal": found.values = try points(&xml).mapValues { DecimalNumber($0)?.general ?? $0 }
            default: break
            }
        }
        series.append(found)
    }

    /// The stored values of a reference, by their index.
    private mutating func points(_ xml: inout ElementReader) throws -> [Int: String] {
        var (points, index): ([Int: String], Int) = ([:], 0)
        try xml.descendants { xml, name in
            if name == "pt" { index = xml.attribute("idx").flatMap(Int.init) ?? 0 }
            guard name == "v" else { return }
            guard (0..<Self.maximumPoints).contains(index) else {
                isCut = true
                return
            }
            if points[index] == nil { points[index] = try xml.text() }
        }
        return points
    }

    private static func text(_ xml: inout ElementReader) throws -> String {
        var text = ""
        try xml.descendants { xml, name in
            if name == "p", !text.isEmpty { text += " " }
            if name == "t" { text += try xml.text() }
        }
        return text
    }
}
