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

    /// Longer texts, and those of several lines, are not cells.
    private static let longestCell = 200

    private static func isLong(_ text: String) -> Bool {
        text.utf8.count > longestCell || text.split(whereSeparator: \.isNewline).count > 1
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
        guard !texts.isEmpty || roles.text != nil else { return false }
        let title = texts.first { $0.column == roles.title }
        var writer = DocumentWriter()
        writer.move(to: .cells(sheet: table, range: "row \(key)"))
        var bodies: [Int]
        if let column = roles.text {
            bodies = [column]
            let body = Self.plainText(row.values[column]) ?? ""
            writer.add(.text, body.utf8.contains { $0 > 0x20 } ? body : title?.text ?? "")
        } else {
            bodies = Self.write(row, texts, columns, roles, to: &writer)
        }
        if let title { bodies.append(title.column) }
        for column in bodies { metadata[columns[column].name] = nil }
        let id = "\(source)/\(table)/\(key)"
        guard
            let written = writer.document(id: id, title: title.flatMap { self.title($0.text) }, metadata: metadata)
        else { return false }
        guard ids.insert(ExactText(id)).inserted else {
            rejected.append(
                Rejection(
                    source: source, reason: .duplicateID,
                    message: "The id “\(key)” occurs twice in \(SQLiteReader.quoted(table)); the first row is kept."))
            return true
        }
        text += written.document.text.utf8.count
        removed.add(written.removed)
        documents.append(written.document)
        return true
    }

    /// Writes the cells of a row as a table, and its long texts below.
    ///
    /// - Returns: The columns with text of their own.
    private static func write(
        _ row: ForeignDatabase.Row, _ texts: [(column: Int, text: String)], _ columns: [ForeignDatabase.Column],
        _ roles: Roles, to writer: inout DocumentWriter
    ) -> [Int] {
        let long = texts.filter { isLong($0.text) }
        let bodies = Set(long.map(\.column))
        let cells = row.values.enumerated().compactMap { column, value in
            bodies.contains(column) ? nil : plainText(value).map { (column: column, text: $0.joiningWords()) }
        }.filter { !$0.text.isEmpty }
        guard long.count + cells.count > 1 else {
            writer.add(.text, texts[0].text)
            return [texts[0].column]
        }
        // A key beside long texts is in the place already.
        if long.isEmpty || !cells.allSatisfy({ roles.key.contains($0.column) || $0.column == roles.id }) {
            writer.addFields(cells.map { (columns[$0.column].name, $0.text) })
        }
        for (column, text) in long {
            if long.count > 1 { writer.add(.heading(level: 1), columns[column].name) }
            writer.add(.text, text)
        }
        return long.map(\.column)
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

extension DocumentWriter {
    /// More columns are a list.
    private static let maximumColumns = 50

    /// Writes names and values as a table with one row, or as a list `name: value`.
    fileprivate mutating func addFields(_ fields: [(name: String, value: String)]) {
        guard fields.count > Self.maximumColumns else {
            addRow(fields.map(\.name), isHeader: true)
            addRow(fields.map(\.value))
            return endTable()
        }
        for (name, value) in fields { add(.item(depth: 0), "\(name): \(value)") }
    }
}
