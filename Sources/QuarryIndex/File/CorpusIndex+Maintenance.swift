import Foundation
import GRDB
import QuarrySQLite

/// The size of an index file in bytes.
public struct IndexFileSize: Sendable, Hashable, Codable {
    public var bytes: Int
    /// The space of deleted data, which new data will use. It holds no old content.
    public var unusedBytes: Int

    public init(bytes: Int, unusedBytes: Int) {
        self.bytes = bytes
        self.unusedBytes = unusedBytes
    }
}

extension CorpusIndex {
    /// The size of the file without its log.
    public func fileSize() async throws -> IndexFileSize {
        try await read { db in
            let size = try SQLiteFile.size(in: db)
            return IndexFileSize(bytes: size.bytes, unusedBytes: size.unused)
        }
    }

    /// Copies the index to a new file, in the state that it has now, while others search and index.
    ///
    /// The copy is one file without a log. It appears at its path when it is whole.
    /// - `progress`: Called with the share that is copied, from 0 to 1.
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/input`` if there is a file at the path already;
    ///   `CancellationError`. No copy is left then.
    /// - Complexity: O(size of the file).
    public func backUp(
        to copy: String, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws {
        let folder = URL(fileURLWithPath: copy).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CorpusError(.missing, "There is no folder \(folder) for the copy \(copy).")
        }
        try await translatingErrors(path: copy) {
            try await SQLiteFile.copy(pool, to: copy) { share in
                try Task.checkCancellation()
                progress(share)
            }
        }
    }

    /// Rewrites the file without the space of deleted data. It waits for a run that is under way.
    ///
    /// Searches go on. It needs free space on the disk for two more copies of the file. If it is killed, the file is as it
    /// was before.
    /// - `onWait`: Called once if a run is under way, with its process; nil if unknown.
    /// - Returns: The sizes before and after.
    /// - Throws: ``CorpusError``; `CancellationError` while it waits.
    /// - Complexity: O(size of the file).
    public func compact(
        onWait: (Int32?) -> Void = { _ in }
    ) async throws -> (before: IndexFileSize, after: IndexFileSize) {
        try await IndexingLock.whileHolding(self, onWait: onWait) {
            let before = try await fileSize()
            try await translatingErrors(path: path) { try await SQLiteFile.compact(pool) }
            _ = try await mergeLog()
            return (before, try await fileSize())
        }
    }
}
