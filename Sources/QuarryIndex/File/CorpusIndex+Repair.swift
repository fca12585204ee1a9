import GRDB
public import QuarryReaders
import QuarrySQLite

/// What a repair of an index did, and what it could not do.
public struct RepairReport: Sendable, Hashable, Codable {
    /// What was made again or removed, one sentence each; empty if nothing was damaged.
    public var repaired: [String] = []
    /// The documents and chunks that were removed because the row of their source or document is gone: the row, and the id
    /// of the document or the beginning of the text. They were not found by searches any more.
    public var removedOrphans: [String] = []
    /// The names of the sources that the next run reads again, because what the index held of them was damaged.
    public var sourcesToRead: [String] = []
    /// The ids of damaged documents that stay as they are, because their sources cannot be read again: there is no file,
    /// or its reader gives no document of it.
    public var documentsWithoutSource: [String] = []
    /// The generations with chunks that wait for a vector now. A run with the model of a generation makes them.
    public var incompleteGenerations: [VectorGeneration] = []
    /// The problems that a check found afterwards; empty if the index is intact now.
    public var problems: [String] = []
}

extension CorpusIndex {
    /// Rebuilds derived data from intact rows, in one transaction. It waits for a run that is under way.
    ///
    /// Postings, lengths and terms are made of the texts; values of metadata, counts of languages and the last id, of
    /// their rows; codes, of the vectors. Damaged vectors are removed, and the next run makes them again. A document whose
    /// text, headings or source map is damaged cannot be made of other rows: if its file gives documents by the same
    /// reader now, the document is removed, and the next run reads the file again. Otherwise it stays.
    /// - `readers`: Those of the next run.
    /// - `onWait`: Called once if a run is under way, with its process; nil if unknown.
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/damaged`` if the pages of the file do not fit together;
    ///   nothing is changed then. `CancellationError`.
    /// - Complexity: O(size of the file), and the reading of the files of damaged documents.
    public func repair(
        readers: ReaderRegistry = ReaderRegistry(), onWait: (Int32?) -> Void = { _ in }
    ) async throws -> RepairReport {
        try await IndexingLock.whileHolding(self, onWait: onWait) {
            let readable = try await read { try RereadableSources(in: $0) }.ids(by: readers)
            var report = try await write { [path] db in
                var repair = FileRepair(db, readable: readable)
                try repair.run()
                var report = repair.report
                report.incompleteGenerations = try VectorGeneration.all(in: db, path: path).filter { $0.missing > 0 }
                return report
            }
            report.problems = try problems()
            _ = try await mergeLog()
            return report
        }
    }
}
