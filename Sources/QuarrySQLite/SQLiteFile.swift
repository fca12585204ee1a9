import Foundation
package import GRDB

/// Opens SQLite files for an index: many readers, one writer, and no "database is locked" errors.
///
/// A writable file is in WAL mode with `synchronous=NORMAL`. Committed data survives a killed process at any instant.
/// After a power failure the file is consistent, but the last transactions may be missing. Deleted content is
/// overwritten with zeros (`secure_delete`), so it cannot be read from the file after the next checkpoint.
package enum SQLiteFile {
    /// How long a connection waits for a lock, and an opening for other openings.
    package static let busyTimeout = Duration.seconds(30)

    /// The page size of a new file, in bytes. It is larger than SQLite's default, so that blocks of 1 to 2 KB fit a
    /// page.
    package static let pageSize = 8192

    /// Opens a file with one writing connection and several reading ones.
    ///
    /// A missing file is created unless `readOnly` is set. With `readOnly` the database file is neither created nor
    /// changed. SQLite may create `-wal` and `-shm` files next to it. In a folder that does not allow this, a file
    /// without a pending log is opened as immutable.
    ///
    /// - `id`: The application id of the program's own files. A file of another program is not opened for writing, and a
    ///   file beside the log of another file is not opened at all (see ``LogTie``).
    /// - `configure`: Changes the configuration last, so its values take precedence.
    /// - Throws: ``SQLiteFileError``, or GRDB's `DatabaseError` for other errors.
    package static func openPool(
        at path: String, readOnly: Bool = false, applicationID id: Int32? = nil,
        configure: (inout Configuration) -> Void = { _ in }
    ) throws -> DatabasePool {
        let path = absolute(path)
        let kind = try FileKind(at: path)
        switch kind {
        case .absent where readOnly: throw SQLiteFileError(.notFound, path: path)
        case .empty where readOnly: throw SQLiteFileError(.empty, path: path)
        case .folder: throw SQLiteFileError(.isFolder, path: path)
        case .absent, .empty, .file: break
        }

        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(Double(busyTimeout.components.seconds))
        configuration.prepareDatabase(prepare)
        configure(&configuration)

        do {
            if let id, kind == .file {
                try LogTie.check(path, applicationID: id)
                if !readOnly {
                    try checkOwner(of: path, is: id)
                    removeSideFilesOfOthers(path)
                }
            }
            return try retryingWhileBusy { try DatabasePool(path: path, configuration: configuration) }
        } catch let error as DatabaseError {
            guard readOnly, [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) else {
                throw SQLiteFileError(error, path: path, readOnly: readOnly) ?? error
            }
            guard !hasLog(path), let location = immutableLocation(of: path) else {
                throw SQLiteFileError(.logUnreadable, path: path, underlying: error)
            }
            return try DatabasePool(path: location, configuration: configuration)
        }
    }

    /// Opens a database in memory that the connections of this process share by its path. It ends with the last of them.
    package static func openMemory() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(busyTimeout.components.seconds))
        configuration.prepareDatabase(prepare)
        return try DatabaseQueue(path: "file:/quarry-\(UUID().uuidString)?vfs=memdb", configuration: configuration)
    }

    /// Rejects a file of another program before it is changed: opening for writing already switches it to WAL.
    private static func checkOwner(of path: String, is id: Int32) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(busyTimeout.components.seconds))
        let owner: (id: Int32, isEmpty: Bool)
        do {
            owner = try retryingWhileBusy {
                try DatabaseQueue(path: path, configuration: configuration).read { db in
                    (try applicationID(in: db), try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0)
                }
            }
        } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
            // Only a writer can recover the journal. Opening for writing will report any error.
            return
        }
        guard owner.id == id || owner.id == 0 && owner.isEmpty else { throw SQLiteFileError(.otherProgram, path: path) }
    }

    /// The settings of every connection.
    private static func prepare(_ db: Database) throws {
        try setBusyTimeout(in: db)
        // The file may be a stranger's: nothing in its schema is executed, and its pages are checked.
        try db.execute(sql: "PRAGMA trusted_schema = OFF")
        try db.execute(sql: "PRAGMA cell_size_check = ON")
        try RowChecksum.addFunctions(to: db)
        try db.execute(sql: "PRAGMA page_size = \(pageSize)")
        try db.execute(sql: "PRAGMA secure_delete = ON")
        try db.execute(sql: "PRAGMA cache_size = -16384")
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
    }
}
