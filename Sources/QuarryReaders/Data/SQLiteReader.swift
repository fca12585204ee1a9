package import QuarryCore
import QuarrySQLite

/// Reads the rows of tables of an SQLite file. Each row is a document, named `<file>/<table>/<key>`.
///
/// A row is written as one of CSV is: a table of the names of its columns and its values. Columns of long texts or of
/// several lines follow it as they are. If the paths name columns, these are the whole text, the id and the title.
/// Otherwise the key is the primary key or the row id, and the title is the column `title` or `name`. Values other than
/// long texts and the title are metadata too.
///
/// A place names the table and the key: `products!row 7`. Nothing that the file holds is executed, so views and virtual
/// tables are not read. Blobs are left out.
package struct SQLiteReader: Reader {
    package struct Limits: Sendable {
        /// The most rows of a file.
        var rows: Int
        /// The most bytes of a value.
        var value: Int
        /// The most text of all rows, in bytes.
        var text: Int
        var duration: Duration

        package init(
            rows: Int = 500_000, value: Int = 16 << 20, text: Int = 256 << 20, duration: Duration = .seconds(60)
        ) {
            self.rows = rows
            self.value = value
            self.text = text
            self.duration = duration
        }
    }

    private let tables: [String]
    private let paths: RecordPaths
    private let limits: Limits

    /// - `tables`: The names of the tables to read, in any case. A file without one of them is not read.
    package init(tables: [String] = [], paths: RecordPaths = RecordPaths(), limits: Limits = Limits()) {
        self.tables = tables
        self.paths = paths
        self.limits = limits
    }

    package var formatName: String { "SQLite" }
    package var obstacle: String? { tables.isEmpty ? "its tables have to be named" : nil }
    package var pathExtensions: Set<String> { ["sqlite", "sqlite3", "db", "db3"] }
    package var version: String {
        "sqlite/2" + tables.map { " table=\($0.debugDescription)" }.joined()
            + (tables.isEmpty ? "" : paths.versionSuffix)
    }

    package func read(_ source: Source) throws -> ReadResult {
        guard !source.bytes.isEmpty else { return ReadResult(rejected: [.empty(source.id)]) }
        do {
            return try ForeignDatabase.read(source.bytes, timeLimit: limits.duration) { database in
                try read(source, database)
            }
        } catch let error as ForeignDatabaseError {
            let rejection = Rejection(source: source.id, reason: .undecodable, message: message(of: error))
            // Many programs call their files .db.
            let isOther = error == .notADatabase && pathExtension(of: source.id) == "db"
            return isOther && !source.isExplicit ? ReadResult(skipped: rejection) : ReadResult(rejected: [rejection])
        }
    }

    private func read(_ source: Source, _ database: ForeignDatabase) throws -> ReadResult {
        let found = try database.tables()
        let readable = found.filter { $0.kind == .table }.map(\.name)
        var rows = TableRows(source: source.id, paths: paths, limits: limits)
        var missing: [String] = []
        var named: [String] = []
        for name in tables {
            guard let table = found.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                missing.append("It has no table \(Self.quoted(name)).")
                continue
            }
            guard table.kind == .table else {
                let kind = table.kind == .view ? "a view" : "a virtual table"
                missing.append(
                    "\(Self.quoted(table.name)) is \(kind). That is a program of the file, which is not run.")
                continue
            }
            if !named.contains(table.name) { named.append(table.name) }
        }
        guard !named.isEmpty else {
            let message = (missing + [Self.list(readable)]).joined(separator: " ")
            let reason = Rejection(source: source.id, reason: .noTableNamed, message: message)
            return source.isExplicit ? ReadResult(rejected: [reason]) : ReadResult(skipped: reason)
        }
        for message in missing { rows.warn(.noTableNamed, "\(message) \(Self.list(readable))") }
        for name in named where !rows.isFull {
            do {
                try rows.read(name, of: database)
            } catch let error as ForeignDatabaseError {
                rows.warn(
                    error == .tooSlow ? .tooLarge : .undecodable,
                    "The table \(Self.quoted(name)) was read up to row \(rows.count). \(message(of: error))")
                if error == .tooSlow { break }
            }
        }
        return rows.finish()
    }

    private func message(of error: ForeignDatabaseError) -> String {
        switch error {
        case .notADatabase: "It is not an SQLite database, or it is encrypted."
        case .damaged(let reason): "The database is damaged: \(reason)."
        case .tooSlow: "Reading it takes longer than \(limits.duration.components.seconds) seconds."
        }
    }

    private static let listedTables = 20

    /// `It holds the tables notes and products.`, with the names of at most 20.
    private static func list(_ tables: [String]) -> String {
        let names = tables.prefix(listedTables).map(quoted).joined(separator: ", ")
        let more = tables.count > listedTables ? ", and \(tables.count - listedTables) more" : ""
        return switch tables.count {
        case 0: "The database has no tables."
        case 1: "The database has the table \(names), which was not named."
        default: "The database has the tables \(names)\(more)."
        }
    }

    /// A name for a message.
    static func quoted(_ name: String) -> String {
        let line = name.joiningWords()
        return line.count <= 60 ? "“\(line)”" : "“\(line.prefix(60))…”"
    }
}
