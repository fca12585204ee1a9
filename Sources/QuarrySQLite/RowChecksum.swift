import Foundation
import GRDB
import QuarryCore

extension DatabaseFunction {
    /// `row_checksum(value, …)`: an integer that depends on the values, their types and their order.
    ///
    /// Every connection of ``SQLiteFile`` has it. ``StoredRow/checksum(of:)`` gives the same for stored values.
    static let rowChecksum = DatabaseFunction("row_checksum", pure: true) { values in
        var encoding = ValueEncoding()
        for value in values { encoding.append(value) }
        return encoding.checksum
    }
}

/// The bytes of a row's values: for each value its type, its length and its bytes. No two rows have the same bytes.
struct ValueEncoding {
    private var bytes: [UInt8] = []

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
