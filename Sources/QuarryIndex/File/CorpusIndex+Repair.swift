import GRDB
import QuarrySQLite

/// What a repair of an index did, and what it could not do.
public struct RepairReport: Sendable, Hashable, Codable {
    /// What was made again or removed, one sentence each; empty if nothing was damaged.
    public var repaired: [String]
    /// The names of the sources that the next run reads again, because what the index held of them was damaged.
    public var sourcesToRead: [String]
    /// The ids of damaged documents that stay as they are, because their sources are not files that are still there.
    public var documentsWithoutSource: [String]
    /// The problems that a check found afterwards; empty if the index is intact now.
    public var problems: [String]
}

extension CorpusIndex {
    /// Rebuilds derived data from intact rows, in one transaction. It waits for a run that is under way.
    ///
    /// Postings, lengths and terms are made of the texts; values of metadata, counts of languages and the last id, of
    /// their rows; codes, of the vectors. Damaged vectors are removed, and the next run makes them again. A document whose
    /// text, headings or source map is damaged cannot be made of other rows: if its source is a file that is still there,
    /// the document is removed, and the next run reads the file again.
    /// - `onWait`: Called once if a run is under way, with its process; nil if unknown.
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/damaged`` if the pages of the file do not fit together;
    ///   nothing is changed then. `CancellationError` while it waits.
    /// - Complexity: O(size of the file).
    public func repair(onWait: (Int32?) -> Void = { _ in }) async throws -> RepairReport {
        try await IndexingLock.whileHolding(self, onWait: onWait) {
            var report = try await write { db in
                var repair = FileRepair(db)
                try repair.run()
                return repair.report
            }
            report.problems = try problems()
            _ = try await mergeLog()
            return report
        }
    }
}
