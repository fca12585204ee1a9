import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CorpusIndex {
    /// The lock file of writing runs. It is the same for all links to an index.
    var lockPath: String { resolvedPath + "-lock" }

    /// The absolute paths of the index's own files, without links. Some exist only at times.
    var ownFiles: Set<String> {
        let path = resolvedPath
        return Set(["", "-wal", "-shm", "-journal", "-lock"].map { path + $0 })
    }

    /// Removes the files of an index without documents, for a run that made the file and has nothing to put into it.
    ///
    /// They stay while another run works on the index, and if the file at the path is another one now.
    /// - Returns: Whether the index is gone.
    package func removeIfEmpty() throws -> Bool {
        guard let lock = try IndexingLock.take(lockPath) else { return false }
        defer { lock.release() }
        try checkPlace()
        let isEmpty = try translatingErrors(path: path) {
            try pool.read { try Bool.fetchOne($0, sql: "SELECT NOT EXISTS (SELECT 1 FROM documents)") ?? false }
        }
        guard isEmpty else { return false }
        // The file itself last: a process that opens it now makes no log beside another file.
        let path = resolvedPath
        for end in ["-wal", "-shm", "-journal", ""] where unlink(path + end) != 0 && errno != ENOENT {
            throw CorpusError(.ioFailure, "\(path + end) cannot be removed: \(String(cString: strerror(errno))).")
        }
        return true
    }

    private var resolvedPath: String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
