import Foundation
import GRDB
public import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

/// A generation of vectors: those of one model for the chunks of an index.
public struct VectorGeneration: Sendable, Hashable, Codable {
    /// From 1. A number is never used twice in an index.
    public var number: Int64
    /// The model in user notation, as in ``IndexSettings/modelName``.
    public var model: String
    public var fingerprint: EmbeddingFingerprint
    /// Whether questions are answered from it.
    public var isLive: Bool
    /// Chunks with a vector.
    public var vectors: Int
    /// Chunks whose texts the model rejected. They have no vector and are found by their words.
    public var refused: Int
    /// Chunks that wait for a vector.
    public var missing: Int
    /// The size of the vectors and their codes.
    public var bytes: Int
    /// How many of the true neighbours a search finds; nil if every search is exact, or if it was not measured yet.
    public var recall: MeasuredRecall?

    /// All generations, by number.
    ///
    /// - Complexity: O(chunks), without reading vectors.
    static func all(in db: Database, path: String) throws -> [VectorGeneration] {
        let live = try GenerationTable.live(in: db)
        return try GenerationTable.numbers(in: db).map { number in
            let stored = try StoredSettings(in: db, path: path, generation: number)
            let settings = stored.settings
            guard let fingerprint = settings.embedding else {
                throw StoredValueError(place: "generations, row \(number)", reason: "its model is missing")
            }
            let counts = try GenerationTable.counts(of: number, in: db)
            return VectorGeneration(
                number: number, model: settings.modelName ?? fingerprint.model, fingerprint: fingerprint,
                isLive: number == live, vectors: counts.vectors, refused: counts.refused, missing: counts.missing,
                bytes: try VectorTable.byteCount(generation: number, in: db),
                recall: try VectorTable.codedVectors(generation: number, in: db) == nil
                    ? nil : MeasuredRecall.intact(of: number, in: db))
        }
    }
}

extension CorpusIndex {
    /// The generations of vectors, by number.
    ///
    /// - Throws: ``CorpusError``.
    /// - Complexity: O(chunks), without reading vectors.
    public func generations() async throws -> [VectorGeneration] {
        try await read { [path] in try VectorGeneration.all(in: $0, path: path) }
    }

    /// The settings with the model of each generation: first that of this index, then the newest.
    package func modelSettings() throws -> [IndexSettings] {
        try translatingErrors(path: path) {
            try pool.read { db in
                let others = try GenerationTable.numbers(in: db).reversed().filter { $0 != generation }
                return try [settings] + others.map { try StoredSettings(in: db, path: path, generation: $0).settings }
            }
        }
    }

    /// The number that a new generation would get.
    package func nextGeneration() async throws -> Int64 { try await read { try GenerationTable.next(in: $0) } }

    /// Answers questions from another generation from now on, in one step.
    ///
    /// Indexes that are open go on answering from the generation that they were opened with, as long as it is in the file;
    /// a run on one of them says that it must be opened again.
    /// - `acceptsMissing`: Whether to switch to a generation although chunks have no vector in it yet. They are found by
    ///   their words only.
    /// - Returns: The generation that was live before; nil if there was none.
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/noGeneration`` or
    ///   ``CorpusError/Code/incompleteGeneration``. Nothing changes then.
    public func switchGeneration(to number: Int64, acceptsMissing: Bool = false) async throws -> Int64? {
        try await write { [path] db in
            guard try GenerationTable.hasVectors(number, in: db) else {
                throw try CorpusError.noGeneration(number, in: db, path: path)
            }
            let live = try GenerationTable.live(in: db)
            let missing = try acceptsMissing ? 0 : GenerationTable.counts(of: number, in: db).missing
            guard missing == 0 else {
                throw CorpusError(
                    .incompleteGeneration,
                    "Generation \(number) of \(path) lacks vectors for \(counted(missing, "chunk")).")
            }
            if live != number { try SettingsTable.set(SettingsTable.generation, to: "\(number)", in: db) }
            return live
        }
    }

    /// Removes a generation with its vectors. It waits for a run that is under way.
    ///
    /// The file keeps its size; new data uses the space, and ``compact(onWait:)`` gives it back.
    /// - `onWait`: Called once if a run is under way, with its process; nil if unknown.
    /// - Returns: The bytes of the file that became unused.
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/noGeneration``, or ``CorpusError/Code/input`` for the
    ///   generation that questions are answered from. Nothing changes then.
    public func dropGeneration(_ number: Int64, onWait: (Int32?) -> Void = { _ in }) async throws -> Int {
        try await IndexingLock.whileHolding(self, onWait: onWait) {
            let freed = try await write { [path] db in
                guard try GenerationTable.hasVectors(number, in: db) else {
                    throw try CorpusError.noGeneration(number, in: db, path: path)
                }
                guard try GenerationTable.live(in: db) != number else {
                    throw CorpusError(
                        .input, "Questions are answered from generation \(number) of \(path), so it cannot be dropped.")
                }
                let before = try SQLiteFile.size(in: db).unused
                try GenerationTable.remove(number, in: db)
                return try SQLiteFile.size(in: db).unused - before
            }
            _ = try await mergeLog()
            return freed
        }
    }

    /// The generation that a run writes: that of the index, or a new one; nil for an index without vectors.
    func beginGeneration() async throws -> Int64? {
        guard generation == nil, let model = settings.model else { return generation }
        return try await write { try GenerationTable.begin(model, in: $0) }
    }

    /// Switches to a generation if every chunk has a vector in it.
    ///
    /// - Returns: Whether it was another one that is live now.
    func switchIfComplete(_ number: Int64) async throws -> Bool {
        do {
            return try await switchGeneration(to: number) != number
        } catch let error as CorpusError where error.code == .incompleteGeneration {
            return false
        }
    }
}

extension CorpusError {
    /// An index has no generation of a number. Lists those that it has.
    static func noGeneration(_ number: Int64, in db: Database, path: String) throws -> CorpusError {
        let numbers = try GenerationTable.numbers(in: db).map(String.init)
        let known = numbers.isEmpty ? "It has no vectors." : "It has \(numbers.joined(separator: ", "))."
        return CorpusError(.noGeneration, "\(path) has no generation \(number). \(known)")
    }
}
