import Foundation
import GRDB
import QuarrySQLite
import QuarryTestSupport
import Testing

struct StoredRowTests {
    private func row(_ values: String) throws -> StoredRow {
        let row = try DatabaseQueue().read { try Row.fetchOne($0, sql: "SELECT 7 AS id, \(values) AS amount") }
        return StoredRow(try #require(row), of: "goods")
    }

    @Test(arguments: ["NULL", "'many'", "1.5", "1e300", "x'01'", "''"])
    func `a value of another type is an error that names the place`(value: String) throws {
        let error = try #require(throws: StoredValueError.self) { _ = try row(value).integer(1) }
        #expect(error.place == "goods, row 7, amount")
    }

    @Test func `numbers out of their range, and texts that are not UTF-8, are errors`() throws {
        #expect(try row("12").count(1) == 12)
        #expect(try row("12").integer(1, in: 0...12) == 12)
        #expect(throws: StoredValueError.self) { _ = try row("13").integer(1, in: 0...12) }
        #expect(throws: StoredValueError.self) { _ = try row("-1").count(1) }
        #expect(throws: StoredValueError.self) { _ = try row("9223372036854775807").count(1) }
        for value in ["x'61'", "7", "1.5", "NULL", "printf('%.9c', 'x')"] {
            let error = try #require(throws: StoredValueError.self) { _ = try row(value).text(1, atMost: 8) }
            #expect(error.place == "goods, row 7, amount")
        }
        #expect(throws: StoredValueError.self) { _ = try row("x'61'").digest(1) }
        #expect(try row("NULL").optional(1) { try row("NULL").text($0) } == nil)
        try DatabaseQueue().read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT 7 AS id, CAST(x'61ff' AS TEXT) AS amount")
            let row = StoredRow(try #require(try rows.next()), of: "goods")
            #expect(throws: StoredValueError.self) { _ = try row.text(1) }
        }
    }

    @Test func `the checksum of stored values is that of the SQL function, and every value counts`() throws {
        let folder = try TemporaryFolder()
        let pool = try SQLiteFile.openPool(at: folder.path("sums.sqlite"))
        let samples = [
            "1, 'a', x'61', NULL", "1, 'a', NULL, x'61'", "'1', 'a', x'61', NULL", "1, 'a', '', 0", "1, 'a', x'', 0.0",
        ]
        var sums: Set<Int64> = []
        for values in samples {
            try pool.read { db in
                let rows = try Row.fetchCursor(db, sql: "SELECT \(values), row_checksum(\(values))")
                let row = StoredRow(try #require(try rows.next()), of: "samples")
                #expect(try row.checksum(of: 0..<4) == row.integer(4))
                sums.insert(try row.integer(4))
            }
        }
        #expect(sums.count == samples.count)
    }
}
