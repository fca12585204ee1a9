import GRDB

/// Why a file could not be opened.
package struct SQLiteFileError: Error, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        case notFound
        case empty
        /// A new file would replace it.
        case exists
        case isFolder
        /// The operating system or a permission does not allow opening the file.
        case cannotOpen
        case notADatabase
        /// An SQLite database with another application id than the one asked for.
        case otherProgram
        /// Another process held its lock for longer than ``SQLiteFile/busyTimeout``.
        case locked
        /// The file has a log with pending changes, which cannot be read in its folder.
        case logUnreadable
        /// The log beside the file was left by another file at the same path.
        case foreignLog
    }

    package var code: Code
    package var path: String
    package var underlyingError: (any Error)?
    /// The obstacle to opening the file; nil if unknown.
    private var obstacle: String?

    package init(_ code: Code, path: String, underlying: (any Error)? = nil) {
        self.code = code
        self.path = path
        self.underlyingError = underlying
    }

    /// Translates SQLite's code; nil for other codes.
    init?(_ error: DatabaseError, path: String, readOnly: Bool) {
        switch error.resultCode {
        case .SQLITE_NOTADB: self.init(.notADatabase, path: path, underlying: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self.init(.locked, path: path, underlying: error)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            self.init(.cannotOpen, path: path, underlying: error)
            obstacle = SQLiteFile.obstacle(to: path, readOnly: readOnly)
        default: return nil
        }
    }

    package var description: String {
        switch code {
        case .notFound: "There is no file \(path)."
        case .empty: "\(path) is empty."
        case .exists: "There is already a file or folder \(path). It was not changed."
        case .isFolder: "\(path) is a folder, not a file."
        case .notADatabase: "\(path) is not an SQLite database. It was not changed."
        case .otherProgram:
            "\(path) is an SQLite database of another program. It was not changed."
        case .cannotOpen:
            "\(path) cannot be opened: \(obstacle ?? "the system denies it"). Check the permissions of the file and its folder."
        case .locked:
            "Another process has locked \(path) for \(SQLiteFile.busyTimeout.components.seconds) s. "
                + "Wait for it to finish, or stop it."
        case .logUnreadable:
            "\(path)-wal contains changes that cannot be read in this folder. "
                + "Copy \(path) and \(path)-wal to a writable folder."
        case .foreignLog:
            "\(path)-wal belongs to another file: it holds changes of a file that was at this path before. "
                + "With them, \(path) would be damaged, so it was not opened."
        }
    }
}
