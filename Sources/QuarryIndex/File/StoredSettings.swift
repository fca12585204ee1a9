import Foundation
import GRDB
import QuarrySQLite
import QuarryText

/// The settings of a file, with the model of one generation of its vectors.
struct StoredSettings: Sendable {
    var settings: IndexSettings
    /// Nil if there are no vectors.
    var generation: Int64?
    /// The recall that searches of the generation are set for.
    var recallBound: Double

    init(settings: IndexSettings, generation: Int64?, recallBound: Double) {
        self.settings = settings
        self.generation = generation
        self.recallBound = recallBound
    }

    /// - `number`: The generation; nil for the live one.
    /// - Throws: ``CorpusError`` if the settings are damaged or of another program version, or for an unknown generation.
    init(in db: Database, path: String, generation number: Int64? = nil) throws {
        guard var settings = try SettingsTable.indexSettings(in: db) else {
            throw CorpusError(.damaged, "\(path) has no settings.")
        }
        let live = try SettingsTable.integer(SettingsTable.generation, in: db)
        if try GenerationTable.exists(in: db) {
            settings.model = nil
            generation = number ?? (live == 0 ? nil : live)
            if let generation {
                guard let model = try GenerationTable.model(of: generation, in: db) else {
                    if number != nil { throw try CorpusError.noGeneration(generation, in: db, path: path) }
                    throw StoredValueError(
                        place: "settings, row \(SettingsTable.generation)", reason: "there is no generation \(live)")
                }
                settings.model = model
            }
        } else {
            generation = settings.embedding == nil ? nil : live
            if let number, number != generation { throw try CorpusError.noGeneration(number, in: db, path: path) }
        }
        if let fault = settings.fault {
            throw CorpusError(.damaged, "The settings in \(path) cannot be used: \(fault).")
        }
        guard settings.analyzerVersion == Analyzer.version else {
            throw CorpusError(
                .otherVersion,
                "The words in \(path) were made by analyzer \(settings.analyzerVersion); this program has analyzer "
                    + "\(Analyzer.version), which makes different words. "
                    + (settings.analyzerVersion > Analyzer.version
                        ? "Use a newer program." : "Move the file away and index the documents again."))
        }
        recallBound = try MeasuredRecall.bound(of: generation, in: db)
        self.settings = settings
    }
}

/// Reading and writing of the `settings` table, whose values are JSON.
enum SettingsTable {
    static let indexSettings = "index"
    /// The number of the generation that questions are answered from; 0 for none.
    static let generation = "generation"
    /// The highest number that a generation ever had.
    static let lastGeneration = "lastGeneration"
    static let identity = "identity"
    static let revision = "revision"
    static let selections = "selections"
    static let sites = "sites"
    private static let maximumBytes = 1 << 20

    static func string(_ key: String, in db: Database) throws -> String? {
        let statement = try db.cachedStatement(sql: "SELECT key, value, checksum FROM settings WHERE key = ?")
        return try Row.fetchOne(statement, arguments: [key]).map { row in
            let row = StoredRow(row, of: "settings")
            let value = try row.text(1, atMost: maximumBytes)
            guard try row.checksum(of: 0..<2) == row.integer(2) else {
                throw StoredValueError(place: "settings, row \(key)", reason: "it does not match its checksum")
            }
            return value
        }
    }

    static func set(_ key: String, to value: String, in db: Database) throws {
        guard value.utf8.count <= maximumBytes else {
            throw CorpusError(.input, "The setting \(key) has \(value.utf8.count) bytes; the limit is \(maximumBytes).")
        }
        try db.execute(
            sql: """
                \(CheckedTable.settings.insertion)
                ON CONFLICT(key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum
                """, arguments: [key, value])
    }

    /// - Throws: `StoredValueError` if the setting is missing or is not a number.
    static func integer(_ key: String, in db: Database) throws -> Int64 {
        let value = try string(key, in: db)
        guard let number = value.flatMap({ Int64($0) }) else {
            throw StoredValueError(
                place: "settings, row \(key)", reason: value.map { "“\($0)” is not a number" } ?? "it is missing")
        }
        return number
    }

    /// The settings of the index; nil if there are none. Only in a file of an earlier version they name a model.
    static func indexSettings(in db: Database) throws -> IndexSettings? {
        guard let json = try string(indexSettings, in: db) else { return nil }
        do {
            return try JSONDecoder().decode(IndexSettings.self, from: Data(json.utf8))
        } catch {
            throw StoredValueError(place: "settings, row \(indexSettings)", reason: "they cannot be read")
        }
    }

    static func store(_ settings: IndexSettings, in db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try set(indexSettings, to: String(decoding: try encoder.encode(settings), as: UTF8.self), in: db)
    }
}
