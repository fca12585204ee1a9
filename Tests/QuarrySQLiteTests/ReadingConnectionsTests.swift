import GRDB
import QuarrySQLite
import QuarryTestSupport
import Testing

struct ReadingConnectionsTests {
    private func numbers(_ connection: any DatabaseReader) async throws -> [Int] {
        try await connection.read { try Int.fetchAll($0, sql: "SELECT n FROM numbers ORDER BY n") }
    }

    private func makePool(in folder: TemporaryFolder) throws -> DatabasePool {
        let pool = try SQLiteFile.openPool(at: folder.path("a.sqlite"))
        try pool.write { try $0.execute(sql: "CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (1)") }
        return pool
    }

    @Test func `reads of one loan see one state, and those of the next one the newest`() async throws {
        let folder = try TemporaryFolder()
        let pool = try makePool(in: folder)
        let connections = ReadingConnections(besides: pool, limit: 1)
        for expected in [[1], [1, 2]] {
            try await connections.withTransaction { connection in
                #expect(try await numbers(connection) == expected)
                try await pool.write { try $0.execute(sql: "INSERT INTO numbers SELECT max(n) + 1 FROM numbers") }
                #expect(try await numbers(connection) == expected)
            }
        }
    }

    @Test func `an idle connection is in no transaction, so that the log can be emptied`() async throws {
        let folder = try TemporaryFolder()
        let pool = try makePool(in: folder)
        let connections = ReadingConnections(besides: pool)
        func isBusy() async throws -> Bool? {
            try await pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA busy_timeout = 0")
                return try Bool.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
        try await connections.withTransaction { connection in
            _ = try await numbers(connection)
            try await pool.write { try $0.execute(sql: "INSERT INTO numbers VALUES (2)") }
            #expect(try await isBusy() == true)
        }
        #expect(try await isBusy() == false)
    }

    @Test func `loans beyond the limit wait, and an error or a cancellation gives a connection back`() async throws {
        struct Failure: Error {}
        let folder = try TemporaryFolder()
        let connections = ReadingConnections(besides: try makePool(in: folder), limit: 2)
        for _ in 1...5 {
            await #expect(throws: Failure.self) { try await connections.withTransaction { _ in throw Failure() } }
            let task = Task { try await connections.withTransaction { try await numbers($0) } }
            task.cancel()
            _ = try? await task.value
        }
        try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<20 { group.addTask { try await connections.withTransaction { try await numbers($0) } } }
            for try await found in group { #expect(found == [1]) }
        }
    }

    @Test func `a cancelled task does not wait for a connection`() async throws {
        let folder = try TemporaryFolder()
        let connections = ReadingConnections(besides: try makePool(in: folder), limit: 1)
        try await connections.withTransaction { _ in
            let task = Task { try await connections.withTransaction { try await numbers($0) } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a connection cannot write`() async throws {
        let folder = try TemporaryFolder()
        let connections = ReadingConnections(besides: try makePool(in: folder))
        await #expect(throws: DatabaseError.self) {
            try await connections.withTransaction { connection in
                try await connection.read { try $0.execute(sql: "DELETE FROM numbers") }
            }
        }
    }
}
