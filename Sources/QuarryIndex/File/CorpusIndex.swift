import Foundation
import GRDB
import QuarryBM25
import QuarryChunking
public import QuarryCore
public import QuarryReaders
import QuarrySQLite
import QuarryText
import QuarryVectorIndex

/// A corpus in one SQLite file: documents, chunks, vectors, postings and settings.
///
/// Open one `CorpusIndex` per file and process. Any number of processes may read while one writes. Each search sees one
/// snapshot of the file.
public final class CorpusIndex: Sendable {
    public let path: String
    /// The settings, with the model of ``generation``.
    public let settings: IndexSettings
    /// The generation of vectors that searches and runs use; nil if there is none: in an index without vectors, and for
    /// a model whose generation no run has begun.
    public let generation: Int64?
    /// Whether ``generation`` was the live one when the file was opened. Then a run must not write it any more after a
    /// switch.
    let followsLive: Bool
    let pool: any DatabaseWriter
    /// Connections for searches, each with its own snapshot.
    let readers: ReadingConnections
    let vectors = VectorCache()
    /// The recall that searches by vectors are set for.
    let vectorRecall: Double
    let words = BM25Cache()
    /// Identifies the file that was opened; nil for an index in memory.
    let place: FilePlace?
    /// See ``IndexState/identity``.
    let identity: String

    private init(
        path: String, _ stored: StoredSettings, followsLive: Bool = true, pool: any DatabaseWriter,
        isInMemory: Bool = false
    ) throws {
        self.path = path
        (settings, generation) = (stored.settings, stored.generation)
        vectorRecall = stored.recallBound
        self.followsLive = followsLive
        self.pool = pool
        place = isInMemory ? nil : FilePlace(path)
        guard isInMemory || place != nil else { throw CorpusError.replaced(path) }
        identity = try pool.read { try IndexState(in: $0, path: path) }.identity
        readers = ReadingConnections(besides: pool)
    }

    /// The same index for the vectors of another model.
    private init(_ index: CorpusIndex, _ stored: StoredSettings) {
        (path, pool, readers) = (index.path, index.pool, index.readers)
        (place, identity) = (index.place, index.identity)
        (settings, generation, followsLive) = (stored.settings, stored.generation, false)
        vectorRecall = stored.recallBound
    }

    /// This index for the vectors of a model: those of its newest generation, or of a new one, which the first run begins
    /// beside the live one.
    ///
    ///     let other = try index.generation(of: embedder)
    ///     let report = try await Indexer(other, embedder: embedder, counter: counter).index([.path("notes")])
    ///
    /// Text, chunks and words are shared, so no document is read again. The run switches to the generation when every
    /// chunk has a vector.
    /// - Throws: ``CorpusError``.
    public func generation(of embedder: any Embedder) throws -> CorpusIndex {
        try generation(of: GenerationModel(embedding: embedder.fingerprint))
    }

    /// The same for a model and its place.
    package func generation(of model: GenerationModel) throws -> CorpusIndex {
        if model.embedding == settings.embedding { return self }
        let (number, bound) = try translatingErrors(path: path) {
            try pool.read { db in
                let number = try GenerationTable.number(of: model.embedding, in: db)
                return (number, try MeasuredRecall.bound(of: number, in: db))
            }
        }
        var settings = settings
        settings.model = model
        return CorpusIndex(self, StoredSettings(settings: settings, generation: number, recallBound: bound))
    }

    /// Opens an existing index.
    ///
    /// - `readOnly`: Whether to open without writing. This works in folders that cannot be written.
    /// - `generation`: The generation of vectors to use; nil for the live one. Searches use it as long as it is in the
    ///   file, also after a switch to another one: open the index again to follow.
    /// - Throws: ``CorpusError`` if the file is missing, empty, damaged, not a Quarry index, of another format version, or
    ///   has no such generation.
    public static func open(
        at path: String, readOnly: Bool = false, generation: Int64? = nil
    ) throws -> CorpusIndex {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CorpusError(
                .missing, "There is no index at \(path).")
        }
        return try translatingErrors(path: path) {
            let pool = try SQLiteFile.openPool(at: path, readOnly: readOnly, applicationID: Schema.applicationID)
            let (stored, isCurrent) = try pool.read { db in
                try Self.checkVersion(in: db, path: path)
                return (
                    try StoredSettings(in: db, path: path, generation: generation),
                    try Schema.migrator { _ in }.hasCompletedMigrations(db)
                )
            }
            if !readOnly, !isCurrent { try Schema.migrator { _ in }.migrate(pool) }
            return try CorpusIndex(path: path, stored, followsLive: generation == nil, pool: pool)
        }
    }

    /// Opens the index at `path`, or creates it with `settings`.
    ///
    /// If several processes do this at once, one creates the index and the others open it. An unused index, for example
    /// of a failed first run, is replaced.
    /// - Throws: ``CorpusError`` if there is no folder for the file, or if the chunk lengths are invalid (in both cases
    ///   nothing is created) or differ from those of the index, and the errors of ``open(at:readOnly:generation:)``.
    public static func openOrCreate(at path: String, settings: IndexSettings) throws -> CorpusIndex {
        try settings.chunking.validate()
        try checkFolder(of: path)
        let index = try translatingErrors(path: path) {
            let pool = try SQLiteFile.openPool(at: path, applicationID: Schema.applicationID)
            let index = try CorpusIndex(
                path: path, try Self.create(settings, in: pool, path: path), pool: pool)
            // Not while another process fills it.
            guard index.settings != settings, let lock = try IndexingLock.take(index.lockPath) else { return index }
            defer { lock.release() }
            guard try pool.read({ try Schema.isUnused(in: $0) }) else { return index }
            try pool.write { try Schema.dropAll(in: $0) }
            return try CorpusIndex(path: path, try Self.create(settings, in: pool, path: path), pool: pool)
        }
        try index.check(settings.chunking)
        return index
    }

    /// Checks that there is a folder for a new index.
    static func checkFolder(of path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CorpusError(
                .missing, "There is no folder \(folder) for the index \(path). Make it first, or use another path.")
        }
    }

    /// An index in memory. It is gone with its last reference.
    ///
    /// - Throws: ``CorpusError`` if the chunk lengths are invalid.
    public static func inMemory(settings: IndexSettings) throws -> CorpusIndex {
        try settings.chunking.validate()
        // Names the index in messages, and the lock of its runs.
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("quarry-\(UUID().uuidString)").path
        return try translatingErrors(path: path) {
            let queue = try SQLiteFile.openMemory()
            return try CorpusIndex(
                path: path, try Self.create(settings, in: queue, path: path), pool: queue, isInMemory: true)
        }
    }

    /// Checks that the file is still the index that was opened, with its settings.
    ///
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/otherModel`` or ``CorpusError/Code/replaced`` if
    ///   another process made it again or replaced it, ``CorpusError/Code/switched`` if ``generation`` was opened as the
    ///   live one and is not any more, and the errors of ``checkGeneration(in:)``.
    func checkUnchanged() throws {
        try checkPlace()
        let (stored, state) = try translatingErrors(path: path) {
            try pool.read { (try StoredSettings(in: $0, path: path), try IndexState(in: $0, path: path)) }
        }
        guard state.identity == identity else {
            guard stored.settings.embedding != settings.embedding || stored.settings.chunking != settings.chunking
            else { return try check(state) }
            throw CorpusError(
                .otherModel,
                "Another process made \(path) again while it was open, with \(stored.settings.modelName ?? "no model"). "
                    + "It was opened for \(settings.modelName ?? "no model").")
        }
        try translatingErrors(path: path) {
            try pool.read { db in
                try checkGeneration(in: db)
                guard followsLive, try GenerationTable.live(in: db) != generation else { return }
                throw try switched(in: db)
            }
        }
    }

    /// Checks that ``generation`` is still there. It need not be the live one: a question that was made with its model can
    /// only be answered from it.
    ///
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/switched`` if it was opened as the live one and is gone,
    ///   or ``CorpusError/Code/noGeneration``.
    func checkGeneration(in db: Database) throws {
        guard let generation, try !GenerationTable.hasVectors(generation, in: db) else { return }
        throw try followsLive ? switched(in: db) : CorpusError.noGeneration(generation, in: db, path: path)
    }

    private func switched(in db: Database) throws -> CorpusError {
        let live = try GenerationTable.live(in: db)
        let now = try StoredSettings(in: db, path: path).settings.modelName
        return CorpusError(
            .switched,
            "Another process switched \(path) to \(live.map { "generation \($0)" } ?? "no vectors") "
                + "(\(now ?? "no model")) while it was open. Open it again.")
    }

    /// Checks that readers replace the personal data that the index replaces.
    ///
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/otherSettings``.
    func checkRedaction(by readers: ReaderRegistry) throws {
        let stored = try translatingErrors(path: path) {
            try pool.read { try StoredSettings(in: $0, path: path).settings }
        }
        let missing = (stored.reading ?? ReadingOptions()).redaction.kinds.subtracting(readers.options.redaction.kinds)
        guard !missing.isEmpty else { return }
        let kinds = missing.map(\.rawValue).sorted().joined(separator: ", ")
        throw CorpusError(
            .otherSettings,
            "\(path) replaces personal data (\(kinds)), and the readers of this run do not. Read with the options of the "
                + "index, and try again if another process has just set them.")
    }

    /// Checks that a state is one of the index that was opened.
    func check(_ state: IndexState) throws {
        guard state.identity != identity else { return }
        throw CorpusError(.replaced, "Another process made \(path) again while it was open. Open it again.")
    }

    /// Stores the new address of the embedding model's server. A generation that no run has begun is not stored yet.
    public func remember(embeddingAddress: String) throws {
        guard let generation else { return }
        try writeNow { db in
            guard var model = try GenerationTable.model(of: generation, in: db) else { return }
            model.embeddingAddress = embeddingAddress
            try GenerationTable.set(model, of: generation, in: db)
        }
    }

    /// Stores how sources are read from now on. Sources that would be read differently are read again by the next run.
    public func remember(reading: ReadingOptions) throws {
        // This value may have been opened before other settings were stored.
        try writeNow { [path] db in
            var settings = try StoredSettings(in: db, path: path).settings
            settings.reading = reading == ReadingOptions() ? nil : reading
            settings.model = nil
            try SettingsTable.store(settings, in: db)
        }
    }

    /// Brings a file to the schema of this program; a new file is made with `settings`.
    ///
    /// - Returns: The settings of the file.
    private static func create(
        _ settings: IndexSettings, in writer: any DatabaseWriter, path: String
    ) throws -> StoredSettings {
        // A new file is ours before it has a table: another process may look at it at any moment.
        try writer.write { db in
            try SchemaDefinition.refusePrograms(in: db)
            guard try SQLiteFile.applicationID(in: db) != Schema.applicationID else {
                return try refuseLostVersion(in: db)
            }
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
                throw SQLiteFileError(.otherProgram, path: path)
            }
            try SQLiteFile.setApplicationID(Schema.applicationID, in: db)
            try LogTie.renew(in: db)
        }
        let migrator = Schema.migrator { db in
            try EngineTables.create(in: db, dimension: settings.embedding?.dimension, generation: 1)
            try SettingsTable.store(settings, in: db)
            try SettingsTable.set(SettingsTable.generation, to: "1", in: db)
            try IndexState.begin(in: db)
        }
        do {
            try migrator.migrate(writer)
        } catch {
            // Another process may have been quicker.
            guard try writer.read({ try migrator.hasCompletedMigrations($0) }) else { throw error }
        }
        return try writer.read { db in
            try checkVersion(in: db, path: path)
            return try StoredSettings(in: db, path: path)
        }
    }

    /// - Throws: `StoredValueError` for a file that has tables but does not say which version made them.
    private static func refuseLostVersion(in db: Database) throws {
        let versions = try Schema.migrator { _ in }.appliedIdentifiers(db)
        guard versions.isEmpty, try db.tableExists("settings") else { return }
        throw StoredValueError(place: "grdb_migrations", reason: "the version of the file is missing")
    }

    private static func checkVersion(in db: Database, path: String) throws {
        let isOwn = try SQLiteFile.applicationID(in: db) == Schema.applicationID
        let migrator = Schema.migrator { _ in }
        if isOwn {
            // Before a table is read: it could be a view.
            try SchemaDefinition.refusePrograms(in: db)
            try refuseLostVersion(in: db)
        }
        let isNew =
            try isOwn
            ? migrator.appliedIdentifiers(db).isEmpty
            : Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard !isNew else {
            throw CorpusError(.empty, "\(path) is empty: nothing has been indexed into it yet.")
        }
        guard isOwn else { throw CorpusError(.notAnIndex, "\(path) is a SQLite file, but not a Quarry index.") }
        for row in try Row.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations") {
            let row = StoredRow(row, of: "grdb_migrations")
            let identifier = try row.text(0)
            if migrator.migrations.contains(identifier) { continue }
            guard let number = Int(identifier), number > migrator.migrations.count else {
                throw row.error(0, "it is not a version number")
            }
            throw CorpusError(.otherVersion, "\(path) was written by a newer version of Quarry.")
        }
        // A file of an earlier version is brought up to date when it is opened for writing.
        guard let version = try migrator.completedMigrations(db).last,
            let definition = try Schema.definition(ofVersion: version)
        else { throw StoredValueError(place: "grdb_migrations", reason: "the version of the file is missing") }
        try definition.check(db)
    }

    /// Whether nothing was ever indexed, so that the index can be recreated with other settings.
    public func isUnused() throws -> Bool {
        try translatingErrors(path: path) { try pool.read { try Schema.isUnused(in: $0) } }
    }

    /// Checks that a chunking matches that of the index.
    ///
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/otherSettings``, with the differences.
    public func check(_ chunking: IndexSettings.Chunking) throws {
        let stored = settings.chunking
        let fitted = settings.embedding.map { chunking.fitting(modelOf: $0.maximumTokens) } ?? chunking
        guard chunking != stored, fitted != stored else { return }
        var differences: [String] = []
        if chunking.strategy != stored.strategy {
            differences.append("chunker \(stored.strategy.rawValue), not \(chunking.strategy.rawValue)")
        }
        for (name, kept, asked, wanted) in [
            ("target", stored.target, fitted.target, chunking.target),
            ("maximum", stored.maximum, fitted.maximum, chunking.maximum),
            ("overlap", stored.overlap, fitted.overlap, chunking.overlap),
        ] where kept != asked { differences.append("\(name) \(kept), not \(wanted)") }
        throw CorpusError(
            .otherSettings,
            "\(path) was built with \(differences.joined(separator: "; ")). All documents of an index are cut in the same way."
        )
    }

    /// Checks that an embedder made the vectors of the index.
    ///
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/noVectors`` or ``CorpusError/Code/otherModel``.
    public func check(_ embedder: any Embedder) throws {
        guard let expected = settings.embedding else {
            throw CorpusError(
                .noVectors, "\(path) has no vectors: it was built without an embedding model.", path: path)
        }
        let found = embedder.fingerprint
        guard expected != found else { return }
        let name = settings.modelName ?? expected.model
        guard expected.dimension == found.dimension else {
            throw CorpusError(
                .otherModel,
                "\(path) was built with \(expected.dimension)-dimensional vectors of \(name); "
                    + "\(found.model) makes \(found.dimension). Use \(name), or make another index.")
        }
        let differences = expected.differences(from: found)
        let difference =
            expected.model != found.model ? name : "\(name) with \(differences.joined(separator: ", "))"
        throw CorpusError(
            .otherModel,
            "\(path) was built with \(difference); vectors of \(found.model) cannot be compared with them. "
                + "Use \(name), or make another index.")
    }
}

extension EmbeddingFingerprint {
    /// What differs between two models of one name, such as `revision “3f”, not “4a”`.
    fileprivate func differences(from other: EmbeddingFingerprint) -> [String] {
        [
            ("provider", provider, other.provider), ("revision", revision, other.revision),
            ("query prefix", queryPrefix, other.queryPrefix), ("passage prefix", passagePrefix, other.passagePrefix),
            ("pooling", pooling, other.pooling), ("normalized", "\(normalized)", "\(other.normalized)"),
            ("maximum tokens", "\(maximumTokens)", "\(other.maximumTokens)"),
        ].filter { $0.1 != $0.2 }.map { "\($0.0) “\(excerpt($0.1))”, not “\(excerpt($0.2))”" }
    }
}
