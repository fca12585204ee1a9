import Foundation
import GRDB
import QuarrySQLite
import QuarryVectorIndex

/// How many of the true neighbours a search by vectors finds, measured in the index itself.
///
/// A search of few vectors is exact. Of 4,096 and more, codes choose the vectors that are read, and a run of the indexer
/// compares such searches with an exact one: for up to 100 vectors of the index, the ten nearest others. It does so if it
/// was never done, if the number of vectors changed by a quarter since, or if another recall is wanted.
public struct MeasuredRecall: Sendable, Hashable, Codable {
    /// The share of the true neighbours that were found, from 0 to 1.
    public var recall: Double
    /// The recall that is wanted. The bounds of the codes are set for it, and tightened if less was found.
    public var wanted: Double
    /// The recall that the bounds are set for since.
    public var bound: Double
    /// The number of vectors that were searched for.
    public var questions: Int
    /// The number of neighbours of each.
    public var neighbours: Int
    /// The number of vectors when it was measured.
    public var vectors: Int

    /// The recall that is wanted if none is named.
    public static let defaultWanted = VectorLeg.defaultRecall

    private static func key(_ generation: Int64) -> String { "recall/\(generation)" }
    private static let wantedKey = "recall"

    /// The last measurement of a generation; nil if there is none.
    ///
    /// - Throws: `StoredValueError` for a damaged one.
    init?(of generation: Int64, in db: Database) throws {
        let key = Self.key(generation)
        guard let json = try SettingsTable.string(key, in: db) else { return nil }
        let decoded = try? JSONDecoder().decode(Self.self, from: Data(json.utf8))
        guard let decoded, (0...1).contains(decoded.recall), Self.isValid(decoded.wanted), Self.isValid(decoded.bound),
            min(decoded.questions, decoded.neighbours, decoded.vectors) >= 0
        else { throw StoredValueError(place: "settings, row \(key)", reason: "it is not a measurement of recall") }
        self = decoded
    }

    private init(_ measurement: VectorTable.RecallMeasurement, wanted: Double) {
        self.wanted = wanted
        (recall, bound) = (measurement.recall, measurement.bound)
        (questions, neighbours) = (measurement.questions, measurement.neighbours)
        vectors = measurement.vectors
    }

    /// The recall that searches of a generation are set for: what was measured for the wanted one, else the wanted one. A
    /// damaged measurement counts as none; the doctor names it, and the next run measures again.
    static func bound(of generation: Int64?, in db: Database) throws -> Double {
        let wanted = try intactWanted(in: db)
        guard let generation, let measured = try intact(of: generation, in: db), measured.wanted == wanted else {
            return wanted
        }
        return measured.bound
    }

    /// The last measurement of a generation; nil if there is none, and for a damaged one.
    static func intact(of generation: Int64, in db: Database) throws -> MeasuredRecall? {
        try ifIntact { try MeasuredRecall(of: generation, in: db) } ?? nil
    }

    /// The damaged rows of measurements and of the wanted recall.
    static func problems(in db: Database) throws -> [String] {
        try damagedKeys(in: db).map { "settings, row \($0): it is not a measurement of recall" }
    }

    /// Removes damaged rows. The next run measures again, and the wanted recall is the default again.
    /// - Returns: Their keys.
    static func repair(in db: Database) throws -> [String] {
        let keys = try damagedKeys(in: db)
        for key in keys { try db.execute(sql: "DELETE FROM settings WHERE key = ?", arguments: [key]) }
        return keys
    }

    private static func damagedKeys(in db: Database) throws -> [String] {
        let keys = try String.fetchAll(
            db, sql: "SELECT key FROM settings WHERE key = ? OR key GLOB ? ORDER BY key",
            arguments: [wantedKey, "\(wantedKey)/*"])
        return try keys.filter { key in
            try ifIntact {
                if key == wantedKey { return try wanted(in: db) > 0 }
                let number = Int64(key.dropFirst(wantedKey.count + 1))
                return try number.flatMap { try MeasuredRecall(of: $0, in: db) } != nil
            } != true
        }
    }

    private static func isValid(_ recall: Double) -> Bool { recall > 0.5 && recall <= 1 }

    /// Whether the number of vectors is another one by a quarter.
    func isOutdated(by vectors: Int) -> Bool {
        Double(vectors) >= 1.25 * Double(self.vectors) || Double(vectors) <= 0.75 * Double(self.vectors)
    }

    static func remove(_ generation: Int64, in db: Database) throws {
        try db.execute(sql: "DELETE FROM settings WHERE key = ?", arguments: [key(generation)])
    }

    /// The wanted recall of an index; the default for a damaged one, which the doctor names.
    static func intactWanted(in db: Database) throws -> Double {
        try ifIntact { try wanted(in: db) } ?? defaultWanted
    }

    private static func wanted(in db: Database) throws -> Double {
        guard let text = try SettingsTable.string(wantedKey, in: db) else { return defaultWanted }
        guard let wanted = Double(text), isValid(wanted) else {
            throw StoredValueError(place: "settings, row \(wantedKey)", reason: "“\(text)” is not a recall")
        }
        return wanted
    }

    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/input``.
    static func check(wanted: Double) throws {
        guard isValid(wanted) else {
            throw CorpusError(.input, "The wanted recall \(wanted) must be above 0.5 and at most 1.")
        }
    }

    static func setWanted(_ wanted: Double, in db: Database) throws {
        let stored = try ifIntact { try self.wanted(in: db) }
        guard stored != wanted else { return }
        try SettingsTable.set(wantedKey, to: "\(wanted)", in: db)
    }

    /// Measures the recall of a generation if that is due; nil if it is not.
    static func measureIfDue(_ generation: Int64, in db: Database) throws -> MeasuredRecall? {
        guard let vectors = try VectorTable.codedVectors(generation: generation, in: db) else { return nil }
        let wanted = try intactWanted(in: db)
        if let last = try intact(of: generation, in: db), last.wanted == wanted, !last.isOutdated(by: vectors) {
            return nil
        }
        return try VectorTable.measureRecall(generation: generation, wanted: wanted, in: db)
            .map { MeasuredRecall($0, wanted: wanted) }
    }

    func store(for generation: Int64, in db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try SettingsTable.set(
            Self.key(generation), to: String(decoding: try encoder.encode(self), as: UTF8.self), in: db)
    }
}

extension CorpusIndex {
    /// Measures the recall of searches in a generation, if it was never measured or is outdated, and stores it.
    func measureRecall(of generation: Int64) async throws {
        guard let measured = try await read({ try MeasuredRecall.measureIfDue(generation, in: $0) }) else { return }
        try await write { try measured.store(for: generation, in: $0) }
    }

    /// What a person should know of the recall of searches by vectors, in plain words: that it was never measured, or when
    /// there were other vectors, or that it is below the wanted one.
    ///
    /// - Throws: ``CorpusError``.
    public func recallNotes() async throws -> [String] {
        try await read { [path] db in
            let wanted = try MeasuredRecall.intactWanted(in: db)
            return try VectorGeneration.all(in: db, path: path).compactMap { generation in
                guard let vectors = try VectorTable.codedVectors(generation: generation.number, in: db) else {
                    return nil
                }
                let name = "generation \(generation.number)"
                guard let measured = generation.recall else {
                    return "The recall of searches in \(name) has not been measured."
                }
                guard measured.wanted == wanted else {
                    return
                        "The recall of searches in \(name) was measured for \(measured.wanted); \(wanted) is wanted now."
                }
                if measured.isOutdated(by: vectors) {
                    return
                        "The recall of searches in \(name) was measured with \(measured.vectors) vectors; it has \(vectors)."
                }
                if measured.recall < measured.wanted {
                    return
                        "Searches in \(name) find \(Int(measured.recall * 1000)) of 1000 true neighbours; \(wanted) is wanted."
                }
                return nil
            }
        }
    }
}
