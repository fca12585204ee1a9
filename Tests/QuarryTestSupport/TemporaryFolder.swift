package import Foundation

/// A folder of a test's own, deleted with it.
package final class TemporaryFolder: Sendable {
    /// Without symbolic links.
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "quarry-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        try? FileManager.default.removeItem(atPath: path)
    }

    package var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

    package func path(_ name: String) -> String { path + "/" + name }

    package func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    package func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    package func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: try place(for: name)))
    }

    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    package func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: path(name), toPath: try place(for: other))
    }

    /// The path of a file whose folder exists.
    private func place(for name: String) throws -> String {
        let file = URL(filePath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        return file.path
    }
}
