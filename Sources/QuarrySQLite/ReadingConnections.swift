package import GRDB
import QuarryCore
import Synchronization

/// Connections for reads that last over several awaits and see one state of the file.
///
/// A connection that is lent out is in one read transaction; an idle one is in none, so that checkpoints work, and keeps
/// its prepared statements. At most `limit` are open; later callers wait, first in, first out.
package final class ReadingConnections: Sendable {
    private let path: String
    private let configuration: Configuration
    private let permits: AsyncSemaphore
    private let idle = Mutex<[DatabaseQueue]>([])

    /// - `writer`: Opened on the same database, which may be read-only or in memory.
    package init(besides writer: any DatabaseWriter, limit: Int = 8) {
        path = writer.path
        var configuration = writer.configuration
        configuration.readonly = true
        // For transactions that outlive one call.
        configuration.allowsUnsafeTransactions = true
        self.configuration = configuration
        permits = AsyncSemaphore(limit)
    }

    /// Lends a connection in a read transaction for as long as `body` runs; its `read` works within that transaction.
    ///
    /// - Throws: `CancellationError` while it waits for a connection, or what `body` throws.
    ///
    /// Calls within `body` would wait for a connection that it holds itself, when all are lent out.
    package func withTransaction<Result>(
        _ body: (any DatabaseReader) async throws -> Result
    ) async throws -> Result {
        let permit = try await permits.acquire()
        defer { permit.release() }
        let connection = try begin()
        defer { end(connection) }
        return try await body(connection)
    }

    private func begin() throws -> DatabaseQueue {
        let idle = self.idle.withLock { $0.popLast() }
        let connection =
            try idle
            ?? SQLiteFile.retryingWhileBusy { try DatabaseQueue(path: path, configuration: configuration) }
        try connection.unsafeRead { db in
            try db.beginTransaction(.deferred)
            // The first read fixes the state that the transaction sees.
            _ = try Row.fetchOne(db.cachedStatement(sql: "SELECT rootpage FROM sqlite_schema LIMIT 1"))
        }
        return connection
    }

    /// Not `async`, so that a cancelled task ends its transaction too. A connection that cannot is closed.
    private func end(_ connection: DatabaseQueue) {
        do {
            try connection.unsafeRead { if $0.isInsideTransaction { try $0.rollback() } }
            idle.withLock { $0.append(connection) }
        } catch {
            try? connection.close()
        }
    }
}
