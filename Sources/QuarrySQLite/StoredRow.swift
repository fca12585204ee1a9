package import Foundation
package import GRDB
import GRDBSQLite
package import QuarryCore

/// A stored value that this program did not write: the file is damaged or was edited.
package struct StoredValueError: Error, Hashable, CustomStringConvertible {
    /// The table, the row and the column, such as `chunks, row 12, tokens`.
    package var place: String
    package var reason: String

    package init(place: String, reason: String) {
        self.place = place
        self.reason = reason
    }

    package var description: String { "\(place): \(reason)" }
}

/// The value that is read; nil if what is stored is damaged. Other errors, such as those of the disk, are thrown.
package func ifIntact<Value>(_ read: () throws -> Value) throws -> Value? {
    do {
        return try read()
    } catch is StoredValueError {
        return nil
    }
}

/// A stored text, cut to the length of a message.
package func excerpt(_ text: String) -> String { text.count <= 80 ? text : text.prefix(80) + "…" }

/// `1 chunk`, `2 chunks`.
package func counted(_ count: some BinaryInteger, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// A row of a file that may be damaged. Each value is checked where it is read.
///
/// The subscripts of `Row` end the process for values of another type. These methods throw ``StoredValueError``.
package struct StoredRow {
    private let row: Row
    private let table: String
    private let key: Int
    /// The statement that is on the row; nil for a row that was copied.
    private let handle: OpaquePointer?

    /// - `table`: Where the values come from, for messages.
    /// - `key`: The index of the column that identifies the row.
    /// - `statement`: Of the cursor that is on the row. Numbers, texts and checksums are then read from SQLite without
    ///   the conversions of the database library, as long as the cursor stays on the row.
    package init(_ row: Row, of table: String, key: Int = 0, on statement: Statement? = nil) {
        self.row = row
        self.table = table
        self.key = key
        handle = statement?.sqliteStatement
    }

    package func integer(_ column: Int, in range: ClosedRange<Int64> = .min ... .max) throws -> Int64 {
        let number: Int64
        if let handle, sqlite3_column_type(handle, Int32(column)) == SQLITE_INTEGER {
            number = sqlite3_column_int64(handle, Int32(column))
        } else {
            let value: DatabaseValue = row[column]
            guard case .int64(let integer) = value.storage else {
                throw error(column, "it is \(kind(value)), not an integer")
            }
            number = integer
        }
        guard range.contains(number) else {
            throw error(column, "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    /// A count, a size or an offset, from 0 up to 2^42.
    package func count(_ column: Int) throws -> Int { Int(try integer(column, in: 0...1 << 42)) }

    package func text(_ column: Int) throws -> String { try text(column, atMost: .max) }

    /// A text of limited size.
    ///
    /// - `limit`: The most bytes that this program stores here.
    package func text(_ column: Int, atMost limit: Int) throws -> String {
        if handle.map({ sqlite3_column_type($0, Int32(column)) != SQLITE_TEXT }) ?? true {
            let value: DatabaseValue = row[column]
            guard case .string = value.storage else { throw error(column, "it is \(kind(value)), not text") }
        }
        let text = try row.withUnsafeData(atIndex: column) { data in
            let data = data ?? Data()
            guard data.count <= limit else { throw error(column, "it has \(data.count) bytes, more than \(limit)") }
            return String(validating: data, as: UTF8.self)
        }
        guard let text else { throw error(column, "it is not valid UTF-8") }
        return text
    }

    package func blob(_ column: Int) throws -> Data {
        let value: DatabaseValue = row[column]
        guard case .blob(let data) = value.storage else { throw error(column, "it is \(kind(value)), not a blob") }
        return data
    }

    /// A digest of 32 bytes.
    package func digest(_ column: Int) throws -> ContentHash {
        guard let digest = ContentHash(bytes: try blob(column)) else { throw error(column, "it is not a SHA-256") }
        return digest
    }

    /// Nil for NULL, else the value that `read` gives, such as `row.optional(2, row.text)`.
    package func optional<Value>(_ column: Int, _ read: (Int) throws -> Value) throws -> Value? {
        row.hasNull(atIndex: column) ? nil : try read(column)
    }

    /// Reads a blob in place, without a copy.
    package func withBlob<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
        if row.hasNull(atIndex: column) { throw error(column, "it is NULL, not a blob") }
        return try row.withUnsafeData(atIndex: column) { data in
            try (data ?? Data()).withUnsafeBytes { try body($0) }
        }
    }

    /// The checksum of the values of some columns, as the SQL function `row_checksum` gives it.
    package func checksum(of columns: Range<Int>) throws -> Int64 {
        var encoding = ValueEncoding(reservingCapacity: 2048)
        if let handle {
            for column in columns { encoding.append(Int32(column), of: handle) }
            return encoding.checksum
        }
        for column in columns {
            let value: DatabaseValue = row[column]
            if case .string = value.storage {
                try row.withUnsafeData(atIndex: column) { encoding.append(text: $0 ?? Data()) }
            } else {
                encoding.append(value)
            }
        }
        return encoding.checksum
    }

    /// Checks the values of some columns by the checksum in the column behind them.
    package func check(_ columns: Range<Int>) throws {
        guard try checksum(of: columns) == integer(columns.upperBound) else {
            throw StoredValueError(
                place: "\(table), row \(name(of: row[key]))", reason: "its values do not match its checksum")
        }
    }

    /// An error about a value of this row.
    package func error(_ column: Int, _ reason: String) -> StoredValueError {
        let names = Array(row.columnNames)
        return StoredValueError(place: "\(table), row \(name(of: row[key])), \(names[column])", reason: reason)
    }

    /// The value of a key, cut to the length of a message.
    private func name(of key: DatabaseValue) -> String {
        if case .blob(let data) = key.storage { return "with a key of \(counted(data.count, "byte"))" }
        return excerpt("\(key)")
    }

    private func kind(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "NULL"
        case .int64: "an integer"
        case .double: "a real number"
        case .string: "text"
        case .blob: "a blob"
        }
    }
}
