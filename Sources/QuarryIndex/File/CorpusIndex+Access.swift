import GRDB
import QuarrySQLite

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CorpusIndex {
    /// Whether the index holds no documents.
    public func hasNoDocuments() async throws -> Bool {
        try await read { try Bool.fetchOne($0, sql: "SELECT NOT EXISTS (SELECT 1 FROM documents)") ?? true }
    }

    /// Reads in one snapshot.
    /// - Throws: ``CorpusError`` for errors of SQLite and the engines.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await pool.read(body))
        } catch {
            result = .failure(error)
        }
        return try translatingErrors(path: path) { try result.get() }
    }

    /// Writes in one transaction, which gets a new revision if it changes anything.
    /// - Throws: ``CorpusError`` for errors of SQLite and the engines. Nothing is written then.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await pool.write { [self] db in try renewing(db, body) })
        } catch {
            result = .failure(error)
        }
        return try translatingErrors(path: path) { try result.get() }
    }

    /// The same, from code that cannot wait.
    func writeNow<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try translatingErrors(path: path) { try pool.write { try renewing($0, body) } }
    }

    private func renewing<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> Value {
        try checkPlace()
        let before = db.totalChangesCount
        let value = try body(db)
        if db.totalChangesCount != before { try IndexState.renew(in: db) }
        return value
    }

    /// Checks that the file that was opened is still at its path.
    ///
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/replaced``.
    func checkPlace() throws {
        guard let place, FilePlace(path) != place else { return }
        throw CorpusError.replaced(path)
    }

    /// Moves the changes of a run from the log into the file, so that a copy of the file has them.
    ///
    /// - Returns: The bytes of the log that are not in the file yet, because a reader still uses an older state.
    func mergeLog() async throws -> Int {
        let rest = try await translatingErrors(path: path) { try await SQLiteFile.mergeLog(pool) }
        try checkPlace()
        return rest
    }
}

/// The device and the number of a file, which a rename keeps and a new file does not have.
struct FilePlace: Sendable, Hashable {
    private var device: dev_t
    private var number: ino_t

    /// Nil if there is no file.
    init?(_ path: String) {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        (device, number) = (found.st_dev, found.st_ino)
    }
}

extension CorpusError {
    static func replaced(_ path: String) -> CorpusError {
        CorpusError(
            .replaced, "\(path) was deleted or replaced while it was written, so the work of this run is not in it.")
    }
}
