import Foundation
import GRDB
package import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

/// What makes the vectors of a generation, and where the model is.
package struct GenerationModel: Sendable, Hashable, Codable {
    package var embedding: EmbeddingFingerprint
    /// See ``IndexSettings/embeddingAddress``.
    package var embeddingAddress: String?
    /// See ``IndexSettings/embeddingProbe``.
    package var embeddingProbe: String?
    /// See ``IndexSettings/requestedDimension``.
    package var requestedDimension: Int?

    package init(
        embedding: EmbeddingFingerprint, embeddingAddress: String? = nil, embeddingProbe: String? = nil,
        requestedDimension: Int? = nil
    ) {
        self.embedding = embedding
        self.embeddingAddress = embeddingAddress
        self.embeddingProbe = embeddingProbe
        self.requestedDimension = requestedDimension
    }
}

/// The table `generations`: the model of each generation of vectors. The vectors are in the tables of `VectorTable`, and
/// the setting `generation` names the generation that questions are answered from.
enum GenerationTable {
    /// Creates the table, and moves the model of an earlier version's settings into it.
    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE generations(
                    id INTEGER PRIMARY KEY,         -- as in vector_generations; never used twice
                    model TEXT NOT NULL,            -- JSON object: GenerationModel
                    checksum INTEGER NOT NULL
                ) STRICT;
                """)
        guard var settings = try SettingsTable.indexSettings(in: db) else { return }
        let live = try SettingsTable.integer(SettingsTable.generation, in: db)
        guard let model = settings.model else {
            return try SettingsTable.set(SettingsTable.generation, to: "0", in: db)
        }
        try set(model, of: live, in: db)
        settings.model = nil
        try SettingsTable.store(settings, in: db)
    }

    /// Whether the file has the table. A file of an earlier version has its only model in its settings.
    static func exists(in db: Database) throws -> Bool { try db.tableExists(CheckedTable.generations.name) }

    /// The generation that questions are answered from; nil for none.
    static func live(in db: Database) throws -> Int64? {
        let number = try SettingsTable.integer(SettingsTable.generation, in: db)
        return try hasVectors(number, in: db) ? number : nil
    }

    /// Whether there is a generation with this number.
    static func hasVectors(_ number: Int64, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM vector_generations WHERE id = ?)")
        return try Bool.fetchOne(statement, arguments: [number]) == true
    }

    /// All numbers, ascending.
    static func numbers(in db: Database) throws -> [Int64] {
        try Row.fetchAll(db, sql: "SELECT id FROM vector_generations ORDER BY id").map {
            try StoredRow($0, of: "vector_generations").integer(0)
        }
    }

    /// The model of a generation; nil if there is no such generation.
    ///
    /// - Throws: `StoredValueError` for a row that was changed.
    static func model(of number: Int64, in db: Database) throws -> GenerationModel? {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, model, checksum FROM generations WHERE id = ?", arguments: [number])
        guard let row = row.map({ StoredRow($0, of: "generations") }) else { return nil }
        let json = try row.text(1, atMost: maximumBytes)
        try row.check(0..<2)
        guard let model = try? JSONDecoder().decode(GenerationModel.self, from: Data(json.utf8)) else {
            throw row.error(1, "it is not a model")
        }
        return model
    }

    private static let maximumBytes = 1 << 16

    /// Stores the model of a generation.
    static func set(_ model: GenerationModel, of number: Int64, in db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(model), as: UTF8.self)
        guard json.utf8.count <= maximumBytes else {
            throw CorpusError(.input, "The model has \(json.utf8.count) bytes; the limit is \(maximumBytes).")
        }
        try db.execute(
            sql: """
                \(CheckedTable.generations.insertion)
                ON CONFLICT(id) DO UPDATE SET model = excluded.model, checksum = excluded.checksum
                """, arguments: [number, json])
    }

    /// The newest generation of a model; nil if there is none.
    static func number(of fingerprint: EmbeddingFingerprint, in db: Database) throws -> Int64? {
        guard try exists(in: db) else {
            let settings = try SettingsTable.indexSettings(in: db)
            return settings?.embedding == fingerprint ? try live(in: db) : nil
        }
        return try numbers(in: db).last { try model(of: $0, in: db)?.embedding == fingerprint }
    }

    /// The number of the next generation.
    static func next(in db: Database) throws -> Int64 {
        let last = try SettingsTable.string(SettingsTable.lastGeneration, in: db).flatMap { Int64($0) } ?? 0
        let highest = max(last, try numbers(in: db).last ?? 0, 0)
        guard highest < Int32.max else {
            throw StoredValueError(
                place: "settings, row \(SettingsTable.lastGeneration)", reason: "\(highest) leaves no number")
        }
        return highest + 1
    }

    /// Begins an empty generation, or finds that of the model.
    static func begin(_ model: GenerationModel, in db: Database) throws -> Int64 {
        if let number = try number(of: model.embedding, in: db) { return number }
        let number = try next(in: db)
        try VectorTable.createGeneration(number, dimension: model.embedding.dimension, in: db)
        try set(model, of: number, in: db)
        try SettingsTable.set(SettingsTable.lastGeneration, to: "\(number)", in: db)
        return number
    }

    /// Removes a generation with its vectors and notes.
    static func remove(_ number: Int64, in db: Database) throws {
        try VectorTable.removeGeneration(number, in: db)
        for table in ["refused_texts", "retired_vectors"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE generation = ?", arguments: [number])
        }
        try db.execute(sql: "DELETE FROM generations WHERE id = ?", arguments: [number])
    }

    /// How many chunks have a vector in a generation, how many texts its model rejected, and how many wait for a vector.
    ///
    /// - Complexity: O(chunks), without reading vectors.
    static func counts(
        of number: Int64, in db: Database
    ) throws -> (vectors: Int, refused: Int, missing: Int) {
        // Only those of chunks that exist: in a damaged file there may be others.
        var waiting = try Int64.fetchSet(db, sql: "SELECT id FROM chunks")
        let vectors = try VectorTable.ids(generation: number, in: db).count { waiting.remove($0.rawValue) != nil }
        let refused = try Int64.fetchSet(
            db, sql: "SELECT chunk FROM refused_texts WHERE generation = ?", arguments: [number]
        ).count { waiting.remove($0) != nil }
        return (vectors, refused, waiting.count)
    }

    /// Problems between the models, the vectors and the live generation.
    static func problems(in db: Database) throws -> [String] {
        guard try exists(in: db) else { return [] }
        var problems: [String] = []
        for generation in try VectorTable.generations(in: db) {
            guard let model = try model(of: generation.id, in: db) else {
                problems.append("generations: the model of generation \(generation.id) is missing")
                continue
            }
            if model.embedding.dimension != generation.dimension {
                problems.append(
                    "generations, row \(generation.id): its model has \(model.embedding.dimension) dimensions, its vectors "
                        + "\(generation.dimension)")
            }
        }
        let strays = try Int64.fetchAll(
            db, sql: "SELECT id FROM generations WHERE id NOT IN (SELECT id FROM vector_generations) ORDER BY id")
        for stray in strays { problems.append("generations, row \(stray): it has no vectors in vector_generations") }
        let live = try SettingsTable.integer(SettingsTable.generation, in: db)
        if live != 0, try !hasVectors(live, in: db) {
            problems.append("settings, row generation: there is no generation \(live)")
        }
        return problems
    }
}
