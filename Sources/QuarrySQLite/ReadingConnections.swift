package import GRDB
import Synchronization

/// Connections for reads that last over several awaits and see one state of the file.
///
/// A connection that is lent out is in one read transaction; an idle one is in none, so that checkpoints work, and keeps
/// its prepared statements. At most `limit` are open; later callers wait, first in, first out.
package final class ReadingConnections: Sendable {
    private let path: String
    private let configuration: Configuration
    private let state: Mutex<State>

    private struct State {
        var idle: [DatabaseQueue] = []
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// - `writer`: Opened on the same database, which may be read-only or in memory.
    package init(besides writer: any DatabaseWriter, limit: Int = 8) {
        path = writer.path
        var configuration = writer.configuration
        configuration.readonly = true
        // For transactions that outlive one call.
        configuration.allowsUnsafeTransactions = true
        self.configuration = configuration
        state = Mutex(State(free: limit))
    }

    /// Lends a connection in a read transaction for as long as `body` runs; its `read` works within that transaction.
    ///
    /// Calls within `body` would wait for a connection that it holds itself, when all are lent out.
    package func withTransaction<Result>(
        _ body: (any DatabaseReader) async throws -> Result
    ) async throws -> Result {
        await enter()
        defer { leave() }
        let connection = try begin()
        defer { end(connection) }
        return try await body(connection)
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }

    private func begin() throws -> DatabaseQueue {
        let idle = state.withLock { $0.idle.popLast() }
        let connection =
            try idle
            ?? SQLiteFile.retryingWhileBusy { try DatabaseQueue(path: path, configuration: configuration) }
        try connection.unsafeRead { db in
            try db.beginTransaction(.deferred)
            // The first read fixes what the transaction sees.
            _ = try Row.fetchOne(db.cachedStatement(sql: "SELECT rootpage FROM sqlite_schema LIMIT 1"))
        }
        return connection
    }

    /// Not `async`, so that a cancelled task ends its transaction too. A connection that cannot is closed.
    private func end(_ connection: DatabaseQueue) {
        do {
            try connection.unsafeRead { if $0.isInsideTransaction { try $0.rollback() } }
            state.withLock { $0.idle.append(connection) }
        } catch {
            try? connection.close()
        }
    }
}
