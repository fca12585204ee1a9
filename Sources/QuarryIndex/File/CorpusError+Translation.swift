import GRDB
import QuarryBM25
import QuarrySQLite
import QuarryVectorIndex

/// Runs `body`, and translates errors of SQLite and the engines to ``CorpusError``.
func translatingErrors<Result>(path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw translated(error, path: path)
    }
}

func translatingErrors<Result>(path: String, _ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch {
        throw translated(error, path: path)
    }
}

private func translated(_ error: any Error, path: String) -> any Error {
    switch error {
    case let error as DatabaseError: CorpusError(error, path: path)
    case let error as StoredValueError: CorpusError(.damaged, "\(path) is damaged: \(error).", underlyingError: error)
    case let error as RowDecodingError:
        CorpusError(.damaged, "\(path) is damaged: a stored value has the wrong type.", underlyingError: error)
    case let error as SQLiteFileError: CorpusError(error.corpusCode, error.description, underlyingError: error)
    case let error as BM25Error: CorpusError(error, path: path)
    case let error as VectorError: CorpusError(error, path: path)
    default: error
    }
}

extension CorpusError {
    /// Whether ``CorpusIndex/repair(readers:onWait:)`` can mend the damage: not that of the pages and of the schema, and not
    /// that of rows which nothing else in the file repeats.
    package var isRepairable: Bool {
        guard code == .damaged else { return false }
        return switch underlyingError {
        case let error as StoredValueError: error.isRepairable
        case let error as DatabaseError: ![.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        case is BM25Error, is VectorError, is RowDecodingError: true
        default: false
        }
    }
}

extension StoredValueError {
    /// A place in the schema is the name of a table or index alone.
    fileprivate var isRepairable: Bool {
        let table = place.prefix { $0 != "," }
        return table.count < place.count && !["settings", "generations", "grdb_migrations"].contains(table)
    }
}

extension SQLiteFileError {
    fileprivate var corpusCode: CorpusError.Code {
        switch code {
        case .notFound: .missing
        case .empty: .empty
        case .exists: .input
        case .isFolder, .notADatabase, .otherProgram: .notAnIndex
        case .locked: .busy
        case .cannotOpen, .logUnreadable: .readOnly
        case .foreignLog: .foreignLog
        }
    }
}

extension CorpusError {
    /// Says in plain words what SQLite reports by a code. Its own words are in ``underlyingError``.
    init(_ error: DatabaseError, path: String) {
        let number = error.extendedResultCode.rawValue
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull,
                "The disk is full: \(path) could not grow. \(Self.safety(of: path)) Free some space and try again.",
                underlyingError: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            self.init(
                .busy,
                "Another process has locked \(path) for \(SQLiteFile.busyTimeout.components.seconds) s. "
                    + "\(Self.safety(of: path)) Wait for that process or stop it, and try again.",
                underlyingError: error)
        case .SQLITE_IOERR:
            self.init(
                .ioFailure,
                "The system could not read or write \(path) (input or output error \(number)). "
                    + "\(Self.safety(of: path)) Check that the disk is mounted and healthy.",
                underlyingError: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged,
                "\(path) is damaged: its pages do not fit together. "
                    + "Restore it from a copy, or move it away and index the documents again.",
                underlyingError: error)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                .readOnly,
                "\(path) cannot be opened or written: "
                    + "\(SQLiteFile.obstacle(to: path, readOnly: false) ?? "the system denies it"). "
                    + "Check the permissions of the file and its folder.",
                underlyingError: error)
        case .SQLITE_TOOBIG:
            self.init(
                .input, "A document is too large for \(path): no text of an index can be longer than 1 GB. Split it.",
                underlyingError: error)
        case .SQLITE_NOMEM:
            self.init(.ioFailure, "There is not enough memory to read or write \(path).", underlyingError: error)
        case .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
            self.init(
                .damaged,
                "\(path) is damaged: its tables are not those of an index, or hold values that do not belong there "
                    + "(SQLite error \(number)).",
                underlyingError: error)
        default:
            self.init(
                .ioFailure, "\(path) could not be read or written (SQLite error \(number)).", underlyingError: error)
        }
    }

    /// Where committed work is after an error of the disk.
    private static func safety(of path: String) -> String {
        SQLiteFile.hasLog(path)
            ? "Committed work is safe in \(path) and \(path)-wal together: a copy of \(path) alone is incomplete or damaged."
            : "Committed work is safe."
    }

    fileprivate init(_ error: BM25Error, path: String) {
        switch error {
        case .invalidParameter:
            self.init(.input, error.description, underlyingError: error)
        case .invalidChunk, .damaged:
            self.init(.damaged, "\(path): \(error)", underlyingError: error)
        }
    }

    fileprivate init(_ error: VectorError, path: String) {
        switch error {
        case .wrongDimension:
            self.init(.otherModel, error.description, underlyingError: error)
        case .notAVector, .countsDiffer:
            self.init(.input, error.description, underlyingError: error)
        case .invalidChunk, .noGeneration, .generationExists, .damaged:
            self.init(.damaged, "\(path): \(error)", underlyingError: error)
        }
    }
}
