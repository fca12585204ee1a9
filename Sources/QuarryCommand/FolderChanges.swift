import ArgumentParser
import Foundation
import Quarry

/// Runs an update whenever something changes in folders.
enum FolderChanges {
    /// Runs `update` and prints its outcome, and again after each change, until the task is cancelled.
    ///
    /// Later runs print only what they did, and what they found besides the run before. Their errors are printed, because
    /// the next change may mend them.
    static func follow(
        _ folders: [String], index path: String, _ output: OutputOptions,
        _ update: (_ isFirst: Bool) async throws -> IndexCommand.Outcome
    ) async throws {
        let name = (path as NSString).lastPathComponent
        let watch = FolderWatch(folders, ignoring: Set(["", "-wal", "-shm", "-lock", "-journal"].map { name + $0 }))
        var isFirst = true
        var last: IndexingReport?
        while true {
            // Before the update, which then sees what comes into new folders before they are watched.
            watch.watch(folders)
            do {
                let outcome = try await update(isFirst)
                if let last {
                    try outcome.changes(since: last)?.print(output)
                } else {
                    try outcome.print(output)
                }
                last = outcome.report
            } catch let code as ExitCode where code == Termination.quarantined {
                // The run has named what is missing.
            } catch  where !isFirst && !(error is CancellationError) && !Task.isCancelled {
                Console.note("warning: \(Console.message(of: error))")
            }
            if isFirst {
                output.note("watching \(Format.count(folders.count, "folder or file", "folders and files")) (^C ends)")
            }
            isFirst = false
            try await watch.change()
        }
    }
}

extension IndexCommand.Outcome {
    /// The outcome without what an earlier run of the same watch found too; nil if nothing is left.
    fileprivate func changes(since earlier: IndexingReport) -> Self? {
        var outcome = self
        outcome.isLater = true
        outcome.report = report.changes(since: earlier)
        let left = outcome.report
        let isNothing =
            left.isEmpty && left.quarantined.isEmpty && left.warnings.isEmpty && left.passedOver.isEmpty
            && left.unread.isEmpty
        return isNothing ? nil : outcome
    }
}

extension IndexingReport {
    /// What the run did, and its lists and counts of files without those of an earlier run.
    fileprivate func changes(since earlier: IndexingReport) -> IndexingReport {
        func new<Item: Hashable>(_ list: KeyPath<IndexingReport, [Item]>) -> [Item] {
            let known = Set(earlier[keyPath: list])
            return self[keyPath: list].filter { !known.contains($0) }
        }
        func more(_ counts: KeyPath<Sources, [String: Int]>) -> [String: Int] {
            sources[keyPath: counts].merging(earlier.sources[keyPath: counts]) { $0 - $1 }.filter {
                $0.value > 0 && sources[keyPath: counts][$0.key] != nil
            }
        }
        var report = self
        (report.quarantined, report.warnings) = (new(\.quarantined), new(\.warnings))
        (report.passedOver, report.unread, report.copies) = (new(\.passedOver), new(\.unread), new(\.copies))
        report.sources.unchanged = 0
        report.sources.skipped = max(0, sources.skipped - earlier.sources.skipped)
        (report.sources.unreadable, report.sources.unreadableInside) = (more(\.unreadable), more(\.unreadableInside))
        (report.sources.withoutText, report.sources.inside) = (more(\.withoutText), more(\.inside))
        return report
    }
}
