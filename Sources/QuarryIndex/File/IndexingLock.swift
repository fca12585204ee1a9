import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lets one run at a time bring an index up to date: what a run found out of the index when it began still holds when
/// it ends, and texts are not embedded twice.
///
/// It is a lock of the system (`flock`) on a file beside the index, called like it with `-lock` added. It ends with its
/// process, however that ends, and the file goes when the run does. Those who read the index never ask for it.
struct IndexingLock {
    /// How often a run that waits looks again.
    private static let interval = Duration.milliseconds(50)

    private let descriptor: Int32
    private let path: String

    /// Runs `body` once no other run works on the index, in this process or another one.
    ///
    /// - `index`: An index, whose file is there.
    /// - `onWait`: Called once where another run has to be waited for, with its process if that can be told.
    /// - Throws: ``CorpusError`` where the folder of the index takes no such file; `CancellationError`.
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
            // The run before may have taken the file away between the two calls.
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
        // Before the lock ends, so that nobody's file but this one is taken away.
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
            "\(path) cannot be made or locked: \(reason). An index is written with this file beside it; put the index into "
                + "a folder on a local disk that you may write to, or name another one with --index.")
    }
}
