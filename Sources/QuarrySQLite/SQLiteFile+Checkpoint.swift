import Foundation
package import GRDB

extension SQLiteFile {
    /// Moves the changes in the log into the file, and empties the log.
    ///
    /// A reader of an older state keeps later changes in the log. They are tried again for as long as `patience`.
    /// - Returns: The bytes of the log that are not in the file yet.
    /// - Throws: GRDB's `DatabaseError`, for example if the disk is full. The file alone is incomplete then, and is
    ///   complete with its log.
    package static func mergeLog(_ writer: any DatabaseWriter, patience: Duration = .seconds(2)) async throws -> Int {
        let log = sideFile("-wal", of: writer.path)
        let deadline = ContinuousClock.now.advanced(by: patience)
        while true {
            let rest = try await writer.writeWithoutTransaction { try merge(log, in: $0) }
            if rest == 0 || ContinuousClock.now >= deadline { return rest }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func merge(_ log: String, in db: Database) throws -> Int {
        // Waiting for readers would block them in turn, so the caller comes again instead.
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? setBusyTimeout(in: db) }
        do {
            let (frames, moved) = try db.checkpoint(.passive)
            guard frames == moved else {
                let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? pageSize
                return max(0, frames - moved) * (pageSize + 24)
            }
        } catch let error as DatabaseError where error.isTransient {
            // Another connection is doing the same.
            return try FileKind.size(of: log)
        }
        do {
            try db.checkpoint(.truncate)
        } catch let error as DatabaseError where error.isTransient {
            // A reader of the last state uses the log, but the file already has all of it.
        }
        return 0
    }

    /// How long a connection waits for a lock. It also applies to readers, which have a shorter time in GRDB.
    static func setBusyTimeout(in db: Database) throws {
        try db.execute(sql: "PRAGMA busy_timeout = \(busyTimeout.components.seconds * 1000)")
    }
}
