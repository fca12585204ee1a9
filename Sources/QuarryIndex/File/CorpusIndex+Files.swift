import Foundation

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

    private var resolvedPath: String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
