import GRDB

extension CorpusIndex {
    /// The number of the generation of vectors that searches use.
    func generation() async throws -> Int64 {
        try await read { try SettingsTable.integer(SettingsTable.generation, in: $0) ?? 1 }
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

    /// Writes in one transaction.
    /// - Throws: ``CorpusError`` for errors of SQLite and the engines. Nothing is written then.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await pool.write(body))
        } catch {
            result = .failure(error)
        }
        return try translatingErrors(path: path) { try result.get() }
    }
}
