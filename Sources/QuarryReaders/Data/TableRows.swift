import QuarryCore
import QuarrySQLite
import QuarryText

/// Makes a document of each row of some tables of a database.
struct TableRows {
    private let source: String
    private let paths: RecordPaths
    private let limits: SQLiteReader.Limits
    private var documents: [Document] = []
    private var rejected = RejectedRecords()
    private var warnings = RejectedRecords()
    private var removed = RemovedCharacters()
    private var ids: Set<ExactText> = []
    /// Rows and bytes of text of all tables.
    private var rows = 0
    private var text = 0
    /// The rows read of the last table.
    private(set) var count = 0
    /// Whether a limit was reached.
    private(set) var isFull = false

    /// Longer texts are not metadata.
    private static let maximumMetadata = 1 << 12
    /// Longer keys are not used in names.
    private static let maximumKey = 200

    init(source: String, paths: RecordPaths, limits: SQLiteReader.Limits) {
        self.source = source
        self.paths = paths
        self.limits = limits
    }

    mutating func warn(_ reason: Rejection.Reason, _ message: String) {
        warnings.append(Rejection(source: source, reason: reason, message: message))
    }

    func finish() -> ReadResult {
        let rejections = rejected.all
        let isEmpty = documents.isEmpty && rejections.isEmpty
        return ReadResult(
            documents: documents, rejected: isEmpty ? [.empty(source)] : rejections,
            warnings: warnings.all + removed.warnings(source), bidirectionalControls: removed.bidirectionalControls)
    }

    /// - Throws: `ForeignDatabaseError` and `CancellationError`. The rows before are kept.
    mutating func read(_ table: String, of database: ForeignDatabase) throws {
        count = 0
        let columns = try database.columns(of: table)
        let roles = Roles(columns, paths)
        var blobs: [Int: Int] = [:]
        var withoutText: (count: Int, first: String) = (0, "")
        defer {
            note(blobs: blobs, columns, of: table)
            note(withoutText: withoutText, of: table)
        }
        try database.readRows(of: table, columns: columns, valueLimit: limits.value) { row in
            guard rows < limits.rows, text < limits.text else {
                let limit = rows < limits.rows ? "\(limits.text) bytes of text" : "\(limits.rows) rows"
                warn(
                    .tooLarge,
                    "The file has more than \(limit). The rows of \(SQLiteReader.quoted(table)) after the first \(count), "
                        + "and the tables named after it, are left out.")
                isFull = true
                return false
            }
            rows += 1
            count += 1
            let key = key(of: row, roles, number: count)
            for (index, value) in row.values.enumerated() {
                let place = "\(SQLiteReader.quoted(table)), row \(key), \(SQLiteReader.quoted(columns[index].name))"
                switch value {
                case .blob: blobs[index, default: 0] += 1
                case .invalidText: warn(.undecodable, "\(place): The text is not UTF-8, and is left out.")
                case .longText(let bytes):
                    warn(
                        .tooLarge,
                        "\(place): The text has \(bytes) bytes, more than \(limits.value), and is left out.")
                default: break
                }
            }
            if !add(row, key: key, columns, roles, of: table) {
                if withoutText.count == 0 { withoutText.first = key }
                withoutText.count += 1
            }
            return true
        }
    }

    /// The columns with a meaning of their own.
    private struct Roles {
        var text: Int?
        var id: Int?
        var title: Int?
        /// In the order of the primary key.
        var key: [Int]

        init(_ columns: [ForeignDatabase.Column], _ paths: RecordPaths) {
            func index(_ name: String?) -> Int? {
                name.flatMap { name in columns.firstIndex { $0.name.lowercased() == name.lowercased() } }
            }
            text = index(paths.text?.description)
            id = index(paths.id?.description)
            title = index(paths.title?.description) ?? index("title") ?? index("name")
            key = columns.indices.filter { columns[$0].keyPosition > 0 }
                .sorted { columns[$0].keyPosition < columns[$1].keyPosition }
        }
    }

    /// What names a row: the column for the id, the primary key, the row id, or the number of the row.
    private func key(of row: ForeignDatabase.Row, _ roles: Roles, number: Int) -> String {
        for columns in [roles.id.map { [$0] } ?? [], roles.key] where !columns.isEmpty {
            let parts = columns.compactMap { Self.plainText(row.values[$0]) }
            let key = parts.joined(separator: ",")
            let isUsable =
                parts.count == columns.count && !key.isEmpty && key.utf8.count <= Self.maximumKey
                && key.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            if isUsable { return key }
        }
        return row.id.map(String.init) ?? "#\(number)"
    }

    /// A text or a number.
    private static func plainText(_ value: ForeignDatabase.Value) -> String? {
        switch value {
        case .integer(let number): "\(number)"
        case .real(let number) where number.isFinite: "\(number)"
        case .text(let text): text
        default: nil
        }
    }

    /// - Returns: Whether the row has text.
    private mutating func add(
        _ row: ForeignDatabase.Row, key: String, _ columns: [ForeignDatabase.Column], _ roles: Roles, of table: String
    ) -> Bool {
        var metadata: [String: MetadataValue] = [:]
        /// The columns with text, in their order.
        var texts: [(column: Int, text: String)] = []
        for (column, value) in row.values.enumerated() {
            switch value {
            case .text(let text):
                if text.utf8.contains(where: { $0 > 0x20 }) { texts.append((column, text)) }
                if text.utf8.count <= Self.maximumMetadata { metadata[columns[column].name] = .string(text) }
            case .integer(let number): metadata[columns[column].name] = .numeral("\(number)")
            case .real(let number) where number.isFinite: metadata[columns[column].name] = .number(number)
            default: break
            }
        }
        let title = texts.first { $0.column == roles.title }
        let others = texts.filter { $0.column != roles.title && $0.column != roles.id }
        // The first of the longest.
        var body = others.max { $0.text.utf8.count < $1.text.utf8.count }
        var lines = others.filter { $0.column != body?.column }
        if let column = roles.text {
            body = Self.plainText(row.values[column]).map { (column, $0) }
            lines = []
        }
        if let title { metadata[columns[title.column].name] = nil }
        if let body { metadata[columns[body.column].name] = nil }
        guard
            let written = written(
                (body ?? title)?.text ?? "", lines.map { "\(columns[$0.column].name): \($0.text.joiningWords())" })
                ?? title.flatMap({ written($0.text, []) })
        else { return false }

        let id = "\(source)/\(table)/\(key)"
        guard ids.insert(ExactText(id)).inserted else {
            rejected.append(
                Rejection(
                    source: source, reason: .duplicateID,
                    message: "The id “\(key)” occurs twice in \(SQLiteReader.quoted(table)); the first row is kept."))
            return true
        }
        text += written.text.utf8.count
        removed.add(written.removed)
        let end = written.text.utf8.count
        let place = Place.cells(sheet: table, range: "row \(key)")
        let map = SourceMap(
            segments: written.segments, lineStarts: written.lineStarts, places: [.init(range: 0..<end, place: place)],
            base: .text)
        documents.append(
            Document(
                id: id, title: title.flatMap { self.title($0.text) }, text: written.text, metadata: metadata,
                sourceMap: map))
        return true
    }

    private struct Written {
        var text: String
        var segments: [SourceMap.Segment]
        var lineStarts: [Int]
        var removed: RemovedCharacters
    }

    /// The clean text of a row; nil if there is none.
    private func written(_ body: String, _ lines: [String]) -> Written? {
        let parts = [body, lines.joined(separator: "\n")].filter { !$0.isEmpty }
        let bytes = Array(parts.joined(separator: "\n\n").utf8)
        let repaired = Mojibake(in: bytes)
        // A `String` is valid UTF-8, which cleaning cannot refuse.
        guard var cleaned = try? TextCleaner.clean(repaired?.utf8 ?? bytes),
            cleaned.text.utf8.contains(where: { $0 > 0x20 })
        else { return nil }
        if let repaired {
            cleaned.segments = SourceMap.composition(of: cleaned.segments, over: repaired.segments)
            cleaned.removed.repaired = repaired.count
        }
        return Written(
            text: cleaned.text, segments: cleaned.segments, lineStarts: SourceMap.lineStarts(in: bytes),
            removed: cleaned.removed)
    }

    private func title(_ text: String) -> String? {
        let line = (try? TextCleaner.clean(Array(text.utf8)).text.joiningWords()) ?? ""
        return line.isEmpty ? nil : line
    }

    // MARK: What was left out

    private mutating func note(blobs: [Int: Int], _ columns: [ForeignDatabase.Column], of table: String) {
        guard !blobs.isEmpty else { return }
        let count = blobs.values.reduce(0, +)
        let names = blobs.sorted { $0.key < $1.key }.prefix(10).map {
            "\($0.value) of \(SQLiteReader.quoted(columns[$0.key].name))"
        }
        let list = names.joined(separator: ", ") + (blobs.count > 10 ? ", …" : "")
        warn(
            .binary,
            "\(SQLiteReader.quoted(table)): \(count == 1 ? "1 blob was" : "\(count) blobs were") left out (\(list)).")
    }

    private mutating func note(withoutText rows: (count: Int, first: String), of table: String) {
        guard rows.count > 0 else { return }
        let isOne = rows.count == 1
        warn(
            .empty,
            "\(SQLiteReader.quoted(table)): \(isOne ? "1 row has" : "\(rows.count) rows have") no text, and "
                + "\(isOne ? "is" : "are") left out; \(isOne ? "it is" : "the first is") row \(rows.first).")
    }
}
