import Foundation
package import GRDB
import GRDBSQLite
import QuarryCore

/// The SQL functions of checksums. Every connection of ``SQLiteFile`` has them.
///
/// They go to SQLite directly: a filter calls one for each row that it reads.
package enum RowChecksum {
    /// Adds two functions to a connection.
    ///
    /// - `row_checksum(value, …)`: an integer that depends on the values, their types and their order.
    ///   ``StoredRow/checksum(of:)`` gives the same for stored values.
    /// - `intact(checksum, value, …)`: the first value, if the values have the checksum; an error of SQLite else.
    package static func addFunctions(to db: Database) throws {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
        let checksum = sqlite3_create_function_v2(
            db.sqliteConnection, "row_checksum", -1, flags, nil,
            { context, count, values in
                sqlite3_result_int64(context, RowChecksum.checksum(of: values, 0..<Int(count)))
            }, nil, nil, nil)
        let intact = sqlite3_create_function_v2(
            db.sqliteConnection, "intact", -1, flags, nil,
            { context, count, values in
                guard count > 1, let values, let first = values[1],
                    sqlite3_value_type(values[0]) == SQLITE_INTEGER,
                    sqlite3_value_int64(values[0]) == RowChecksum.checksum(of: values, 1..<Int(count))
                else { return sqlite3_result_error(context, "a row does not match its checksum", -1) }
                sqlite3_result_value(context, first)
            }, nil, nil, nil)
        for code in [checksum, intact] where code != SQLITE_OK {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
        }
    }

    private static func checksum(of values: UnsafeMutablePointer<OpaquePointer?>?, _ range: Range<Int>) -> Int64 {
        var encoding = ValueEncoding()
        for index in range { encoding.append(values?[index]) }
        return encoding.checksum
    }
}

/// The bytes of a row's values: for each value its type, its length and its bytes. No two rows have the same bytes.
struct ValueEncoding {
    private var bytes: [UInt8] = []

    init(reservingCapacity capacity: Int = 64) { bytes.reserveCapacity(capacity) }

    var checksum: Int64 { Int64(bitPattern: bytes.withUnsafeBytes { Checksum.of($0) }) }

    mutating func append(_ value: DatabaseValue) {
        switch value.storage {
        case .null: bytes.append(0)
        case .int64(let number): append(type: 1, UInt64(bitPattern: number))
        case .double(let number): append(type: 2, number.bitPattern)
        case .string(let text):
            append(type: 3, UInt64(text.utf8.count))
            bytes += text.utf8
        case .blob(let data):
            append(type: 4, UInt64(data.count))
            bytes += data
        }
    }

    /// Appends a value of a call of SQLite.
    fileprivate mutating func append(_ value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: append(type: 1, UInt64(bitPattern: sqlite3_value_int64(value)))
        case SQLITE_FLOAT: append(type: 2, sqlite3_value_double(value).bitPattern)
        case SQLITE_TEXT:
            let text = sqlite3_value_text(value)
            append(type: 3, bytes: UnsafeRawPointer(text), count: sqlite3_value_bytes(value))
        case SQLITE_BLOB:
            let blob = sqlite3_value_blob(value)
            append(type: 4, bytes: blob, count: sqlite3_value_bytes(value))
        default: bytes.append(0)
        }
    }

    /// Appends a value of the row that a statement is on. Texts and blobs are not converted.
    mutating func append(_ column: Int32, of statement: OpaquePointer) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: append(type: 1, UInt64(bitPattern: sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT: append(type: 2, sqlite3_column_double(statement, column).bitPattern)
        case SQLITE_TEXT: append(type: 3, bytesOf: column, statement)
        case SQLITE_BLOB: append(type: 4, bytesOf: column, statement)
        default: bytes.append(0)
        }
    }

    private mutating func append(type: UInt8, bytesOf column: Int32, _ statement: OpaquePointer) {
        let start = sqlite3_column_blob(statement, column)
        append(type: type, bytes: start, count: sqlite3_column_bytes(statement, column))
    }

    private mutating func append(type: UInt8, bytes start: UnsafeRawPointer?, count: Int32) {
        append(type: type, UInt64(count))
        bytes += UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count))
    }

    /// Appends a text by its stored bytes, which need not be valid UTF-8.
    mutating func append(text: Data) {
        append(type: 3, UInt64(text.count))
        bytes += text
    }

    private mutating func append(type: UInt8, _ number: UInt64) {
        bytes.append(type)
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
}
