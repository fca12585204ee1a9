package import GRDB
import GRDBSQLite

/// A statement without the conversions of the database library.
package struct DirectStatement {
    private let db: Database
    private let statement: Statement
    /// The name of the table, for errors.
    private let table: String

    package init(_ sql: String, of table: String, in db: Database) throws {
        self.db = db
        self.table = table
        statement = try db.cachedStatement(sql: sql)
    }

    /// A row as long as the statement stays on it.
    package struct Row {
        fileprivate let handle: OpaquePointer
        fileprivate let table: String

        package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

        /// - Throws: ``StoredValueError`` for a value of another type.
        package func integer(_ column: Int32) throws -> Int64 {
            guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else { throw wrongType }
            return sqlite3_column_int64(handle, column)
        }

        /// - Throws: ``StoredValueError`` for a value of another type.
        package func blob(_ column: Int32) throws -> UnsafeRawBufferPointer {
            guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw wrongType }
            return UnsafeRawBufferPointer(
                start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column)))
        }

        private var wrongType: StoredValueError {
            StoredValueError(place: table, reason: "a value has the wrong type")
        }
    }

    /// Calls a function with each row of a statement without parameters.
    package func run(_ use: (Row) throws -> Void) throws {
        defer { sqlite3_reset(statement.sqliteStatement) }
        try rows(use)
    }

    /// Binds the values in this order, `blob` last, and calls a function with each row.
    package func run(_ bytes: [UInt8], _ integers: Int64..., blob: [UInt8]? = nil, _ use: (Row) throws -> Void) throws {
        let handle = statement.sqliteStatement
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        try bytes.withUnsafeBytes { bytes in
            try check(bind(bytes, at: 1))
            for (index, integer) in integers.enumerated() {
                try check(sqlite3_bind_int64(handle, Int32(index) + 2, integer))
            }
            try (blob ?? []).withUnsafeBytes { bytes in
                if blob != nil { try check(bind(bytes, at: Int32(integers.count) + 2)) }
                try rows(use)
            }
        }
    }

    private func rows(_ use: (Row) throws -> Void) throws {
        let handle = statement.sqliteStatement
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { return try check(code) }
            try use(Row(handle: handle, table: table))
        }
    }

    /// The bytes must stay until the statement is reset.
    private func bind(_ bytes: UnsafeRawBufferPointer, at index: Int32) -> Int32 {
        bytes.isEmpty
            ? sqlite3_bind_zeroblob(statement.sqliteStatement, index, 0)
            : sqlite3_bind_blob(statement.sqliteStatement, index, bytes.baseAddress, Int32(clamping: bytes.count), nil)
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage, sql: statement.sql)
    }
}
