import Foundation

/// Calls `body` with the path of a file that holds bytes, in a folder that only this user may read. The folder is
/// removed afterwards.
func withTemporaryFile<Result>(
    _ bytes: [UInt8], named name: String, _ body: (String) async throws -> Result
) async throws -> Result {
    let files = FileManager.default
    _ = removedStaleFolders
    let folder = files.temporaryDirectory.appending(path: "quarry-\(UUID().uuidString)")
    try files.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? files.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return try await body(file.path)
}

/// The number of folders that killed processes left, removed once in a process: those of this user that are a day old.
private let removedStaleFolders: Int = {
    let files = FileManager.default
    let keys: Set<URLResourceKey> = [.isDirectoryKey, .isSymbolicLinkKey, .contentModificationDateKey]
    let found = try? files.contentsOfDirectory(
        at: files.temporaryDirectory, includingPropertiesForKeys: Array(keys))
    return (found ?? []).count { folder in
        let name = folder.lastPathComponent
        guard name.hasPrefix("quarry-"), UUID(uuidString: String(name.dropFirst(7))) != nil,
            let values = try? folder.resourceValues(forKeys: keys), values.isDirectory == true,
            values.isSymbolicLink != true, let date = values.contentModificationDate,
            date.timeIntervalSinceNow < -86_400
        else { return false }
        // A folder of another user stays.
        return (try? files.removeItem(at: folder)) != nil
    }
}()
