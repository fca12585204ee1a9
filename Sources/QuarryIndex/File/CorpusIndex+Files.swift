import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CorpusIndex {
    /// The file that a run which writes holds locked: links to an index lead to the same one.
    var lockPath: String { resolvedPath + "-lock" }

    /// The files of the index itself, by their absolute paths without links; not all of them are there at all times.
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
