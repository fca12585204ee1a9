import ArgumentParser
import Foundation
import Quarry

struct IndexFileOptions: ParsableArguments {
    @Option(
        name: [.customLong("index"), .customShort("i")],
        help: ArgumentHelp(
            "The index file. The default is index.quarry in this folder or the nearest folder above it.",
            valueName: "file"), completion: .file(extensions: ["quarry"]))
    var path: String?

    static let defaultName = "index.quarry"

    /// The file as the user names it.
    var written: String { path ?? Self.defaultName }

    /// The file to read: the given one, or the nearest of the current folder and the folders above it.
    ///
    /// Above the current folder only files of the current user or of the system count: anyone may put a file into a
    /// shared folder such as `/tmp`.
    /// - Throws: ``CorpusError`` with the command that makes one, if there is no file.
    func existing() throws -> String {
        guard let path else { return try Self.nearest() }
        // A folder is named by its own error.
        guard FileManager.default.fileExists(atPath: path) else {
            throw CorpusError(
                .missing,
                "There is no index \(path). "
                    + (NearbyFile.name(like: path).map { "Did you mean \($0)?" }
                        ?? "Make it first: \(Self.commandToFill(path))"))
        }
        return path
    }

    /// The command that adds documents to an index.
    static func commandToFill(_ path: String) -> String {
        "quarry index FOLDER" + (path == defaultName ? "" : " --index \(CommandWords.quoted(path))")
    }

    private static func nearest() throws -> String {
        if Self.exists(Self.defaultName) { return Self.defaultName }
        let current = FileManager.default.currentDirectoryPath
        var depth = 0
        var folder = current
        var (relative, foreign) = ("", [String]())
        while folder != "/", !folder.isEmpty, depth < 256 {
            folder = (folder as NSString).deletingLastPathComponent
            relative += "../"
            depth += 1
            let candidate = (folder as NSString).appendingPathComponent(Self.defaultName)
            guard Self.exists(candidate) else { continue }
            if Self.isTrusted(candidate) { return relative + Self.defaultName }
            foreign.append(candidate)
        }
        var message = "There is no \(Self.defaultName) in this folder or above it."
        if let other = foreign.first {
            message += " \(other) belongs to another user; to use it, name it with --index."
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: current)) ?? []
        if let other = names.filter({ $0.hasSuffix(".quarry") }).min() {
            message += " There is \(other) here; to use it: --index \(other)."
        }
        message += " Make one first: \(commandToFill(defaultName))"
        throw CorpusError(.missing, message)
    }

    /// The default index of a folder above the current one; nil if the current folder has one, or none has.
    static var indexAbove: String? {
        guard let found = try? nearest(), found != Self.defaultName else { return nil }
        return found
    }

    private static func exists(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    private static func isTrusted(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && (status.st_uid == geteuid() || status.st_uid == 0)
    }
}
