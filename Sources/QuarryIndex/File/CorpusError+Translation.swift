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
    case let error as StoredValueError: CorpusError(.damaged, "\(path) is damaged: \(error)", underlyingError: error)
    case let error as RowDecodingError:
        CorpusError(.damaged, "\(path) is damaged: a stored value has the wrong type.", underlyingError: error)
    case let error as SQLiteFileError: CorpusError(error.corpusCode, error.description, underlyingError: error)
    case let error as BM25Error: CorpusError(error, path: path)
    case let error as VectorError: CorpusError(error, path: path)
    default: error
    }
}

extension SQLiteFileError {
    fileprivate var corpusCode: CorpusError.Code {
        switch code {
        case .notFound: .missing
        case .empty: .empty
        case .isFolder, .notADatabase, .otherProgram: .notAnIndex
        case .locked: .busy
        case .cannotOpen, .logUnreadable: .readOnly
        }
    }
}

extension CorpusError {
    init(_ error: DatabaseError, path: String) {
        let said = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull,
                "The disk is full: \(path) could not grow. Committed work is safe. Free some space and try again.",
                underlyingError: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            self.init(
                .busy,
                "Another process has locked \(path) for \(SQLiteFile.busyTimeout.components.seconds) s (\(said)). "
                    + "Committed work is safe. Wait for that process or stop it, and try again.",
                underlyingError: error)
        case .SQLITE_IOERR:
            self.init(
                .ioFailure,
                "The system could not read or write \(path) (\(said), code \(error.extendedResultCode.rawValue)). "
                    + "Check that the disk is mounted and healthy.",
                underlyingError: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged,
                "\(path) is damaged (\(said)). Restore it from a copy, or move it away and index the documents again.",
                underlyingError: error)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                .readOnly,
                "\(path) cannot be opened or written (\(said)). Check the permissions of the file and its folder.",
                underlyingError: error)
        case .SQLITE_TOOBIG:
            self.init(
                .input, "A document is too large for \(path) (\(said)). Split it.",
                underlyingError: error)
        default:
            self.init(
                .damaged,
                "\(path): SQLite reports “\(said)” (code \(error.extendedResultCode.rawValue)).",
                underlyingError: error)
        }
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
