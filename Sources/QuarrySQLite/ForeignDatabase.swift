import GRDBSQLite

/// A database of another program, read from its bytes in memory.
///
/// The file may be a stranger's, so nothing in it is executed: views, triggers, virtual tables, functions and computed
/// columns are refused by SQLite itself. Files beside it, such as a write-ahead log, are not read.
package final class ForeignDatabase {
    package struct Table: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case table
            case view
            /// Its rows come from a program.
            case virtual
        }

        package var name: String
        package var kind: Kind
    }

    package struct Column: Sendable, Hashable {
        package var name: String
        /// Its position in the primary key, from 1; 0 if it is not in it.
        package var keyPosition: Int
    }

    package enum Value: Sendable, Hashable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
        /// A text that is not UTF-8.
        case invalidText
        case blob
        /// A text of more bytes than the limit, with their number.
        case longText(Int)
    }

    package struct Row: Sendable {
        /// Nil for a table without row ids.
        package var id: Int64?
        package var values: [Value]
    }

    private let connection: OpaquePointer
    private let watch: Watch

    /// Opens a database, and closes it after `body`.
    ///
    /// - `timeLimit`: For all reading. It is checked between rows, and within SQLite's loops.
    /// - Throws: ``ForeignDatabaseError``, `CancellationError`, or what `body` throws.
    package static func read<Result>(
        _ bytes: [UInt8], timeLimit: Duration, _ body: (ForeignDatabase) throws -> Result
    ) throws -> Result {
        guard bytes.starts(with: "SQLite format 3\0".utf8) else { throw ForeignDatabaseError.notADatabase }
        var bytes = bytes
        // A database in memory has no log. The file is complete without it, up to its last checkpoint.
        if bytes.count > 19, bytes[18] == 2 || bytes[19] == 2 { bytes.replaceSubrange(18...19, with: [1, 1]) }
        return try bytes.withUnsafeBufferPointer { buffer in
            try body(ForeignDatabase(buffer, Watch(deadline: .now + timeLimit)))
        }
    }

    /// - `bytes`: Must outlive the connection.
    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ watch: Watch) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened, code == SQLITE_OK else {
            sqlite3_close_v2(opened)
            throw ForeignDatabaseError.damaged("SQLite cannot open it (error \(code))")
        }
        connection = opened
        self.watch = watch
        // With this flag SQLite does not write into the bytes.
        let isLoaded = sqlite3_deserialize(
            opened, "main", UnsafeMutablePointer(mutating: bytes.baseAddress), Int64(bytes.count), Int64(bytes.count),
            UInt32(SQLITE_DESERIALIZE_READONLY))
        guard isLoaded == SQLITE_OK else { throw error(isLoaded) }
        for setting in ["trusted_schema = OFF", "cell_size_check = ON", "cache_size = -16384"] {
            guard sqlite3_exec(opened, "PRAGMA \(setting)", nil, nil, nil) == SQLITE_OK else {
                throw error(sqlite3_errcode(opened))
            }
        }
        harden(size: bytes.count)
    }

    deinit { sqlite3_close_v2(connection) }

    /// Limits what a file can make SQLite do. See https://www.sqlite.org/security.html.
    private func harden(size: Int) {
        let limits = [
            // A value, which is a part of the file. Text in UTF-16 grows when it becomes UTF-8.
            (SQLITE_LIMIT_LENGTH, Int32(clamping: max(1 << 20, 2 * size))),
            (SQLITE_LIMIT_SQL_LENGTH, 1 << 20), (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_COMPOUND_SELECT, 10),
            (SQLITE_LIMIT_VDBE_OP, 25_000), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        ]
        for (limit, value) in limits { sqlite3_limit(connection, limit, value) }
        sqlite3_drop_modules(connection, nil)
        sqlite3_progress_handler(
            connection, 1000,
            { watch in
                guard let watch else { return 1 }
                return Unmanaged<Watch>.fromOpaque(watch).takeUnretainedValue().isOver ? 1 : 0
            }, Unmanaged.passUnretained(watch).toOpaque())
        sqlite3_set_authorizer(
            connection,
            { _, action, first, _, _, program in
                switch action {
                case SQLITE_SELECT: SQLITE_OK
                // What a view or a trigger reads comes with its name.
                case SQLITE_READ: program == nil ? SQLITE_OK : SQLITE_DENY
                case SQLITE_PRAGMA: first.map { String(cString: $0) } == "table_xinfo" ? SQLITE_OK : SQLITE_DENY
                default: SQLITE_DENY
                }
            }, nil)
    }

    /// The tables and views, in the order of their creation, without those of SQLite itself.
    package func tables() throws -> [Table] {
        var tables: [Table] = []
        try forEachRow("SELECT type, name, sql FROM sqlite_schema", valueLimit: 1 << 20) { values in
            guard case .text(let name) = values[1], !name.hasPrefix("sqlite_") else { return true }
            switch (values[0], values[2]) {
            case (.text("view"), _): tables.append(Table(name: name, kind: .view))
            case (.text("table"), .text(let sql)):
                let isVirtual = sql.uppercased().hasPrefix("CREATE VIRTUAL")
                tables.append(Table(name: name, kind: isVirtual ? .virtual : .table))
            default: break
            }
            return true
        }
        return tables
    }

    /// The columns of a table in their order, without those that are computed when they are read.
    package func columns(of table: String) throws -> [Column] {
        try allColumns(of: table).filter(\.isStored).map(\.column)
    }

    /// Calls `body` with each row of a table, in the order of the row ids or of the key, until it returns false.
    ///
    /// - `columns`: Those of `columns(of:)`, in the order of the values.
    /// - `valueLimit`: The most bytes of a text.
    package func readRows(
        of table: String, columns: [Column], valueLimit: Int, _ body: (Row) throws -> Bool
    ) throws {
        let names = Set(try allColumns(of: table).map { $0.column.name.lowercased() })
        // An index is not used: it may compute.
        func query(_ rowID: String?) -> String {
            let selected = columns.map { Self.quoted($0.name) } + [rowID].compactMap(\.self)
            return "SELECT \(selected.joined(separator: ", ")) FROM main.\(Self.quoted(table)) NOT INDEXED"
        }
        let rowID = ["rowid", "oid", "_rowid_"].first { !names.contains($0) && canPrepare(query($0)) }
        try forEachRow(query(rowID), valueLimit: valueLimit) { values in
            guard rowID != nil else { return try body(Row(values: values)) }
            let id: Int64? = if case .integer(let number)? = values.last { number } else { nil }
            return try body(Row(id: id, values: values.dropLast()))
        }
    }

    private func allColumns(of table: String) throws -> [(column: Column, isStored: Bool)] {
        // It fails for views, which a damaged schema can show as tables.
        guard
            sqlite3_table_column_metadata(connection, "main", table, nil, nil, nil, nil, nil, nil) == SQLITE_OK
        else { throw error(sqlite3_errcode(connection)) }
        var columns: [(column: Column, isStored: Bool)] = []
        try forEachRow("PRAGMA main.table_xinfo(\(Self.quoted(table)))", valueLimit: 1 << 20) { values in
            guard values.count > 6, case .text(let name) = values[1], case .integer(let key) = values[5],
                case .integer(let hidden) = values[6]
            else { return true }
            // 1 is hidden, 2 is computed, 3 is computed and stored.
            columns.append((Column(name: name, keyPosition: Int(clamping: key)), hidden == 0 || hidden == 3))
            return true
        }
        return columns
    }

    private static func quoted(_ name: String) -> String {
        "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }

    // MARK: Statements

    private func canPrepare(_ sql: String) -> Bool {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        return sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK
    }

    /// Calls `body` with the values of each row, until it returns false.
    private func forEachRow(_ sql: String, valueLimit: Int, _ body: ([Value]) throws -> Bool) throws {
        var prepared: OpaquePointer?
        defer { sqlite3_finalize(prepared) }
        let code = sqlite3_prepare_v2(connection, sql, -1, &prepared, nil)
        guard let statement = prepared, code == SQLITE_OK else { throw error(code) }
        while true {
            // One row may take long, but SQLite asks only after many.
            guard !watch.isOver else { throw error(SQLITE_INTERRUPT) }
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            let values = (0..<sqlite3_column_count(statement)).map { value(statement, $0, limit: valueLimit) }
            guard try body(values) else { return }
        }
    }

    private func value(_ statement: OpaquePointer, _ column: Int32, limit: Int) -> Value {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(statement, column) else { return .invalidText }
            let count = Int(sqlite3_column_bytes(statement, column))
            guard count <= limit else { return .longText(count) }
            let bytes = UnsafeBufferPointer(start: start, count: count)
            return String(validating: bytes, as: UTF8.self).map(Value.text) ?? .invalidText
        case SQLITE_BLOB: return .blob
        default: return .null
        }
    }

    private func error(_ code: Int32) -> any Error {
        switch code & 0xFF {
        case SQLITE_NOTADB: ForeignDatabaseError.notADatabase
        case SQLITE_INTERRUPT: Task.isCancelled ? CancellationError() : ForeignDatabaseError.tooSlow
        default: ForeignDatabaseError.damaged(excerpt(String(cString: sqlite3_errmsg(connection))))
        }
    }
}

/// Why a database of another program could not be read.
package enum ForeignDatabaseError: Error, Hashable {
    /// It does not begin as an SQLite database, or is encrypted.
    case notADatabase
    /// With SQLite's message.
    case damaged(String)
    /// Reading took longer than its limit.
    case tooSlow
}

/// When to stop.
private final class Watch: Sendable {
    private let deadline: ContinuousClock.Instant

    init(deadline: ContinuousClock.Instant) { self.deadline = deadline }

    var isOver: Bool { ContinuousClock.now >= deadline || Task.isCancelled }
}
