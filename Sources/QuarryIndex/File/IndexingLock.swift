import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lets one run at a time update an index, so the state read at the start is still valid at the end, and no text is
/// embedded twice.
///
/// It is a `flock` on a file beside the index, with `-lock` added to its name. The lock ends with its process, and the
/// file is removed at the end of the run. Readers of the index do not need the lock.
struct IndexingLock {
    /// The interval at which a waiting run tries again.
    private static let interval = Duration.milliseconds(50)

    private let descriptor: Int32
    private let path: String

    /// Runs `body` once no other run works on the index, in this process or another one.
    ///
    /// - `index`: An existing index.
    /// - `onWait`: Called once if the run has to wait, with the process that holds the lock; nil if unknown.
    /// - Throws: ``CorpusError`` if the lock file cannot be created; `CancellationError`.
    static func whileHolding<Result>(
        _ index: CorpusIndex, onWait: (Int32?) -> Void, _ body: () async throws -> Result
    ) async throws -> Result {
        let path = index.lockPath
        var lock = try Self.take(path)
        if lock == nil { onWait(holder(of: path)) }
        while lock == nil {
            try await Task.sleep(for: interval)
            lock = try Self.take(path)
        }
        defer { lock?.release() }
        return try await body()
    }

    /// The lock, unless another run has it.
    static func take(_ path: String) throws -> IndexingLock? {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard descriptor >= 0 else { throw failure(path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                defer { close(descriptor) }
                if errno == EINTR { continue }
                guard errno == EWOULDBLOCK else { throw failure(path) }
                return nil
            }
            // The previous run may have removed the file between the two calls.
            guard isSame(descriptor, path) else {
                close(descriptor)
                continue
            }
            let name = "\(getpid())\n"
            _ = ftruncate(descriptor, 0)
            _ = name.utf8.withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, $0.count) }
            return IndexingLock(descriptor: descriptor, path: path)
        }
    }

    func release() {
        // While the lock is held, so that no other run's file is removed.
        unlink(path)
        close(descriptor)
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }

    private static func holder(of path: String) -> Int32? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func failure(_ path: String) -> CorpusError {
        let reason = String(cString: strerror(errno))
        return CorpusError(
            [EROFS, EACCES, EPERM].contains(errno) ? .readOnly : errno == ENOSPC ? .diskFull : .ioFailure,
            "\(path) cannot be created or locked: \(reason). Writing an index needs this file beside it. Put the index into "
                + "a folder on a local disk that you may write to.")
    }
}
