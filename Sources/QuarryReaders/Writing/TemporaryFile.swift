package import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of this process that only its user may read. It is removed by ``end()``, or when the process is gone, by the
/// next one that makes such a folder.
package struct ScratchFolder: Sendable {
    package let url: URL
    /// Holds the lock that shows that the folder is in use. It ends with the process.
    private let descriptor: Int32

    /// - Throws: The errors of the file system.
    package init() throws {
        _ = removedStaleFolders
        let files = FileManager.default
        url = files.temporaryDirectory.appending(path: "quarry-\(UUID().uuidString)")
        try files.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        // A file system without locks: the folder then counts as unused after a minute without a new file.
        if descriptor >= 0 { _ = flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    package func end() {
        try? FileManager.default.removeItem(at: url)
        if descriptor >= 0 { close(descriptor) }
    }
}

/// Calls `body` with the path of a file that holds bytes, in a folder that only this user may read. The folder is
/// removed afterwards.
func withTemporaryFile<Result>(
    _ bytes: [UInt8], named name: String, _ body: (String) async throws -> Result
) async throws -> Result {
    let folder = try ScratchFolder()
    defer { folder.end() }
    let file = folder.url.appending(path: name)
    try Data(bytes).write(to: file)
    return try await body(file.path)
}

/// The number of folders that killed processes left, removed once in a process: those of this user that no process holds.
private let removedStaleFolders: Int = {
    let files = FileManager.default
    let keys: Set<URLResourceKey> = [.isDirectoryKey, .isSymbolicLinkKey, .contentModificationDateKey]
    let found = try? files.contentsOfDirectory(
        at: files.temporaryDirectory, includingPropertiesForKeys: Array(keys))
    return (found ?? []).count { folder in
        let name = folder.lastPathComponent
        // A process makes a folder a moment before it locks it.
        guard name.hasPrefix("quarry-"), UUID(uuidString: String(name.dropFirst(7))) != nil,
            let values = try? folder.resourceValues(forKeys: keys), values.isDirectory == true,
            values.isSymbolicLink != true, let date = values.contentModificationDate,
            date.timeIntervalSinceNow < -60
        else { return false }
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        // A folder of another user stays.
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        return (try? files.removeItem(at: folder)) != nil
    }
}()
