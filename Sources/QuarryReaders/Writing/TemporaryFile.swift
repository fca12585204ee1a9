import Foundation

/// Calls `body` with the path of a file that holds bytes, in a folder that only this user may read. The folder is
/// removed afterwards.
func withTemporaryFile<Result>(
    _ bytes: [UInt8], named name: String, _ body: (String) async throws -> Result
) async throws -> Result {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "quarry-\(UUID().uuidString)")
    try files.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? files.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return try await body(file.path)
}
