import Foundation
import GRDB
import QuarryBM25
public import QuarryCore
import QuarrySQLite
import QuarryVectorIndex
import Synchronization

/// One corpus in one SQLite file: documents, chunks, vectors, postings and how they were made.
///
/// Open one `CorpusIndex` per file and process. Any number of processes may read while one writes; a search sees one
/// snapshot of the file, whatever is written meanwhile.
public final class CorpusIndex: Sendable {
    public let path: String
    public let settings: IndexSettings
    let pool: DatabasePool
    private let matrix = Mutex<LoadedMatrix?>(nil)

    private struct LoadedMatrix {
        var revision: Int64
        var matrix: VectorMatrix
    }

    private init(path: String, settings: IndexSettings, pool: DatabasePool) {
        self.path = path
        self.settings = settings
        self.pool = pool
    }

    /// Opens an index that exists.
    ///
    /// - Parameter readOnly: Promise not to write; works on a file or folder that cannot be written.
    /// - Throws: ``CorpusError`` when there is no file, when it is empty or not a Quarry index, is damaged, or has the
    ///   format of another version.
    public static func open(at path: String, readOnly: Bool = false) throws -> CorpusIndex {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CorpusError(
                .missing, "There is no index at \(path). Make one with: quarry index FOLDER --index \(path)")
        }
        return try translatingErrors(path: path) {
            let pool = try SQLiteFile.openPool(at: path, readOnly: readOnly)
            let settings = try pool.read { db in
                try Self.checkVersion(in: db, path: path)
                return try Self.readSettings(in: db, path: path)
            }
            return CorpusIndex(path: path, settings: settings, pool: pool)
        }
    }

    /// Opens the index at `path`, making it with `settings` where there is none.
    ///
    /// When several processes do so at once, one of them makes the index and the others open it.
    public static func openOrCreate(at path: String, settings: IndexSettings) throws -> CorpusIndex {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try translatingErrors(path: path) {
            let pool = try SQLiteFile.openPool(at: path, readOnly: false)
            let stored = try pool.write { db in
                let isNew = try !db.tableExists("settings")
                if isNew {
                    guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
                        throw CorpusError(
                            .notAnIndex,
                            "\(path) is a SQLite file of another program. It is left as it is; name another file with --index."
                        )
                    }
                    try Self.create(settings, in: db)
                }
                try Self.checkVersion(in: db, path: path)
                return try Self.readSettings(in: db, path: path)
            }
            return CorpusIndex(path: path, settings: stored, pool: pool)
        }
    }

    /// Opens the index at `path`, making it for a model where there is none.
    ///
    /// - Parameter chunking: For a new index; lengths are made to fit the model.
    public static func openOrCreate(
        at path: String, embedder: any Embedder, chunking: IndexSettings.Chunking = IndexSettings.Chunking()
    ) throws -> CorpusIndex {
        let fingerprint = embedder.fingerprint
        return try openOrCreate(
            at: path,
            settings: IndexSettings(
                chunking: chunking.fitting(modelOf: fingerprint.maximumTokens), embedding: fingerprint))
    }

    private static func create(_ settings: IndexSettings, in db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
        try Schema.create(in: db)
        try EngineTables.create(in: db, settings: settings, generation: 1)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(settings), as: UTF8.self)
        try SettingsTable.set(SettingsTable.indexSettings, to: json, in: db)
        try SettingsTable.set(SettingsTable.revision, to: "0", in: db)
        try SettingsTable.set(SettingsTable.generation, to: "1", in: db)
    }

    private static func checkVersion(in db: Database, path: String) throws {
        guard try db.tableExists("settings") || Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") != 0 else {
            throw CorpusError(.empty, "\(path) is empty. Fill it with: quarry index FOLDER --index \(path)")
        }
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        guard application == Schema.applicationID else {
            throw CorpusError(
                .notAnIndex, "\(path) is a SQLite file, but not a Quarry index. Name another file with --index.")
        }
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version == Schema.version else {
            throw CorpusError(
                .otherVersion,
                "\(path) has index format \(version); this program reads format \(Schema.version). "
                    + (version > Schema.version
                        ? "Use a newer quarry." : "Rebuild it: move the file away and run quarry index again."))
        }
    }

    private static func readSettings(in db: Database, path: String) throws -> IndexSettings {
        guard let json = try SettingsTable.string(SettingsTable.indexSettings, in: db) else {
            throw CorpusError(.damaged, "\(path) does not say how it was made. Rebuild it with quarry index.")
        }
        do {
            return try JSONDecoder().decode(IndexSettings.self, from: Data(json.utf8))
        } catch {
            throw CorpusError(
                .damaged, "The settings in \(path) cannot be read: \(error). Rebuild it with quarry index.",
                underlyingError: error)
        }
    }

    /// Refuses an embedder other than the one that made the vectors.
    func check(_ embedder: any Embedder) throws {
        guard let expected = settings.embedding else {
            throw CorpusError(
                .noVectors,
                "\(path) has no vectors: it was made with --model none. Search it with --mode bm25, or rebuild it with a model."
            )
        }
        let found = embedder.fingerprint
        guard expected != found else { return }
        guard expected.dimension == found.dimension else {
            throw CorpusError(
                .otherModel,
                "\(path) was built with \(expected.dimension)-dimensional vectors of \(expected.model); "
                    + "\(found.model) makes \(found.dimension). Use the model it was built with (--model \(expected.model)), "
                    + "or rebuild it with quarry index.")
        }
        let difference =
            expected.model != found.model
            ? "\(expected.model)"
            : "\(expected.model) with other settings or weights (revision \(expected.revision.prefix(12)), not \(found.revision.prefix(12)))"
        throw CorpusError(
            .otherModel,
            "\(path) was built with \(difference); vectors of \(found.model) cannot be compared with them. "
                + "Use --model \(expected.model), or rebuild the index with quarry index.")
    }

    /// The vectors as of the snapshot that `db` reads, from memory where they have not changed since.
    func vectorMatrix(in db: Database) throws -> VectorMatrix {
        let revision = try SettingsTable.integer(SettingsTable.revision, in: db) ?? 0
        if let loaded = matrix.withLock({ $0 }), loaded.revision == revision { return loaded.matrix }
        let fresh = try VectorTable.matrix(
            generation: try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1, in: db)
        matrix.withLock { $0 = LoadedMatrix(revision: revision, matrix: fresh) }
        return fresh
    }

    /// The chunks of the documents that match, for both legs to search among.
    func mask(of filter: Filter?, in db: Database) throws -> ChunkMask? {
        guard let filter else { return nil }
        let request: SQLRequest<Int64> = """
            SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document WHERE \(filter.sql)
            """
        var mask = ChunkMask()
        let ids = try request.fetchCursor(db)
        while let id = try ids.next() { mask.insert(ChunkID(id)) }
        return mask
    }
}

/// Runs `body`, turning what SQLite says into what a person can act on.
func translatingErrors<Result>(path: String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw CorpusError(error, path: path)
    } catch let error as SQLiteFileError {
        throw CorpusError(error.corpusCode, error.description, underlyingError: error)
    } catch let error as BM25Error {
        throw CorpusError(.damaged, "\(path): \(error) Run quarry doctor --index \(path).", underlyingError: error)
    } catch let error as VectorError {
        throw CorpusError(.damaged, "\(path): \(error) Run quarry doctor --index \(path).", underlyingError: error)
    }
}

extension CorpusError {
    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull,
                "The disk is full: \(path) could not grow. What was committed is safe; free some space and run the same command again.",
                underlyingError: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged,
                "\(path) is damaged (\(error.message ?? "SQLite error \(error.resultCode.rawValue)")). "
                    + "Restore it from a copy, or move it away and run quarry index again.",
                underlyingError: error)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                .readOnly,
                "\(path) cannot be opened for this (\(error.message ?? "SQLite error \(error.resultCode.rawValue)")). "
                    + "Check the permissions of the file and its folder.",
                underlyingError: error)
        default:
            self.init(
                .damaged,
                "\(path): SQLite says \(error.message ?? "nothing") (\(error.extendedResultCode.rawValue)). Run quarry doctor --index \(path).",
                underlyingError: error)
        }
    }
}
