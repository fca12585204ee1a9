package import GRDB

/// Opens SQLite files the way an index needs them: many readers, one writer, never "database is locked".
///
/// A writable file is in WAL mode with `synchronous=NORMAL`: what was committed survives a killed process at any
/// instant; after a loss of power the file is whole, but the last transactions may be missing. Deleted content is
/// overwritten with zeros (`secure_delete`), so that it cannot be read from the file after the next checkpoint.
package enum SQLiteFile {
    /// How long a connection waits for another one's lock, and an opening for other openings.
    package static let patience = Duration.seconds(30)

    /// Page size of a new file, in bytes. Larger than SQLite's default because blocks of 1 to 2 KB shall fit a page.
    package static let pageSize = 8192

    /// Opens a file with one writing connection and several reading ones.
    ///
    /// Unless `readOnly`, a file that is not there is created, empty. With `readOnly` the database file is neither
    /// created nor changed; SQLite may put its `-wal` and `-shm` files beside it where the directory allows that, and
    /// where it does not, a file without pending log is opened as immutable.
    ///
    /// - Parameters:
    ///   - id: The application id of the program's own files. A file of another program is not opened for writing.
    ///   - configure: Last changes to the configuration; what it sets wins.
    /// - Throws: ``SQLiteFileError``, or GRDB's `DatabaseError` for what is none of its codes.
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
        configuration.busyMode = .timeout(Double(patience.components.seconds))
        configuration.prepareDatabase(prepare)
        configure(&configuration)

        do {
            if let id, !readOnly, kind == .file { try checkOwner(of: path, is: id) }
            return try retryingWhileBusy { try DatabasePool(path: path, configuration: configuration) }
        } catch let error as DatabaseError {
            guard readOnly, [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) else {
                throw SQLiteFileError(error, path: path) ?? error
            }
            guard try FileKind.size(of: path + "-wal") == 0, let location = immutableLocation(of: path) else {
                throw SQLiteFileError(.logUnreadable, path: path, underlying: error)
            }
            return try DatabasePool(path: location, configuration: configuration)
        }
    }

    /// Refuses a file of another program before anything of it is changed: opening for writing alone makes it WAL.
    private static func checkOwner(of path: String, is id: Int32) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(patience.components.seconds))
        let owner: (id: Int32, isEmpty: Bool)
        do {
            owner = try retryingWhileBusy {
                try DatabaseQueue(path: path, configuration: configuration).read { db in
                    (try applicationID(in: db), try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0)
                }
            }
        } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
            // A journal that only a writer can bring back: what is wrong shows when the file is opened for writing.
            return
        }
        guard owner.id == id || owner.id == 0 && owner.isEmpty else { throw SQLiteFileError(.otherProgram, path: path) }
    }

    /// Settings of every connection, readers included (which GRDB would give a shorter patience).
    private static func prepare(_ db: Database) throws {
        try db.execute(sql: "PRAGMA busy_timeout = \(patience.components.seconds * 1000)")
        try db.execute(sql: "PRAGMA page_size = \(pageSize)")
        try db.execute(sql: "PRAGMA secure_delete = ON")
        try db.execute(sql: "PRAGMA cache_size = -16384")
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
    }
}
