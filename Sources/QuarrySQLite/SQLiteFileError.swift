import GRDB

/// Why a file could not be opened as an index.
package struct SQLiteFileError: Error, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        case notFound
        case empty
        case isFolder
        /// The operating system, or a permission, keeps us from opening it.
        case cannotOpen
        case notADatabase
        /// An SQLite database with another application id than the one asked for.
        case otherProgram
        /// Another process held its lock for longer than ``SQLiteFile/patience``.
        case locked
        /// A log with pending changes lies beside the file, in a directory where it cannot be read.
        case logUnreadable
    }

    package var code: Code
    package var path: String
    package var underlyingError: (any Error)?

    package init(_ code: Code, path: String, underlying: (any Error)? = nil) {
        self.code = code
        self.path = path
        self.underlyingError = underlying
    }

    /// The codes of SQLite that have a plainer name; nil for all others.
    init?(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_NOTADB: self.init(.notADatabase, path: path, underlying: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self.init(.locked, path: path, underlying: error)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            self.init(.cannotOpen, path: path, underlying: error)
        default: return nil
        }
    }

    package var description: String {
        switch code {
        case .notFound: "There is no file \(path). Check the path, or build the index first."
        case .empty: "\(path) is empty: nothing has been indexed into it yet."
        case .isFolder: "\(path) is a folder. Name the index file inside it."
        case .notADatabase: "\(path) is not an SQLite database, so it is left untouched. Choose another file."
        case .otherProgram:
            "\(path) is an SQLite file of another program, so it is left untouched. Choose another file."
        case .cannotOpen:
            "\(path) cannot be opened: \(cause). Check that its folder exists, and the permissions of both."
        case .locked:
            "\(path) has been locked by another process for \(SQLiteFile.patience.components.seconds) s. "
                + "Wait until that process is done, or stop it."
        case .logUnreadable:
            "\(path)-wal holds changes that cannot be read where it lies. "
                + "Copy \(path) and \(path)-wal to a folder that may be written to."
        }
    }

    private var cause: String { underlyingError.map { "\($0)" } ?? "unknown cause" }
}
