import ArgumentParser
import Foundation
import Quarry

/// Runs an update whenever something changes in folders.
enum FolderChanges {
    /// Runs `update`, and again after each change, until the task is cancelled.
    ///
    /// Errors of later runs are printed, because the next change may mend them.
    static func follow(
        _ folders: [String], index path: String, _ output: OutputOptions,
        _ update: (_ isFirst: Bool) async throws -> Void
    ) async throws {
        let name = (path as NSString).lastPathComponent
        let watch = FolderWatch(folders, ignoring: Set(["", "-wal", "-shm", "-lock", "-journal"].map { name + $0 }))
        var isFirst = true
        while true {
            // Before the update, which then sees what comes into new folders before they are watched.
            watch.watch(folders)
            do {
                try await update(isFirst)
            } catch let code as ExitCode where code == Termination.quarantined {
                // The run has named its files.
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
