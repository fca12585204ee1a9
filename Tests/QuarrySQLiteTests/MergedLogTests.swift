import Foundation
import GRDB
import QuarrySQLite
import QuarryTestSupport
import Testing

struct MergedLogTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `without a reader the log is emptied, and the file alone has everything`() async throws {
        let pool = try SQLiteFile.openPool(at: folder.path("i.db"))
        try await pool.write { try $0.execute(sql: "CREATE TABLE t(x); INSERT INTO t VALUES (1)") }
        #expect(SQLiteFile.hasLog(folder.path("i.db")))
        #expect(try await SQLiteFile.mergeLog(pool) == 0)
        #expect(!SQLiteFile.hasLog(folder.path("i.db")))
    }

    @Test func `a reader of an older state keeps changes in the log, until it is done`() async throws {
        let pool = try SQLiteFile.openPool(at: folder.path("i.db"))
        try await pool.write { try $0.execute(sql: "CREATE TABLE t(x)") }
        var configuration = Configuration()
        // The transaction outlives one call.
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.path("i.db"), configuration: configuration)
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM t")
        }
        try await pool.write { try $0.execute(sql: "INSERT INTO t VALUES (1)") }
        #expect(try await SQLiteFile.mergeLog(pool, patience: .milliseconds(100)) > 0)
        let waiting = Task { try await SQLiteFile.mergeLog(pool, patience: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(60))
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try await waiting.value == 0)
        let busyTimeout = try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA busy_timeout") }
        #expect(busyTimeout == 30_000)
    }
}
