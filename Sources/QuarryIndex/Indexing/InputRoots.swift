import Foundation
import QuarryCore
import QuarryReaders

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The input files and folders of a run, by path and by name.
struct InputRoots {
    /// The absolute path without links of each input.
    private let absolutePaths: [String: String]
    private let paths: Set<String>
    private let files: Set<String>
    private let folderByName: [String: NamedFolder]
    /// Inputs that do not exist, with their absolute paths.
    let missing: [String: String]
    let names: FolderNames

    /// - Parameters:
    ///   - inputs: Files and folders.
    ///   - stored: The roots of the index.
    ///   - sources: The paths of the sources of the index.
    init(_ inputs: [String], stored: [NamedFolder], sources: Set<String>) {
        var absolutePaths: [String: String] = [:]
        var folders: [String] = []
        var missing: [String: String] = [:]
        for input in inputs where absolutePaths[input] == nil {
            let path = Self.absolute(input)
            absolutePaths[input] = path
            if Self.isMissing(path) { missing[input] = path }
            if Self.isFolder(path) { folders.append(path) }
        }
        self.absolutePaths = absolutePaths
        self.missing = missing
        paths = Set(absolutePaths.values)
        files = paths.subtracting(folders)
        let names = FolderNames(
            of: folders, stored: stored, isGone: { !Self.isFolder($0.path) },
            isUsed: { folder in
                let prefix = folder == "/" ? folder : folder + "/"
                return sources.contains { $0.utf8.starts(with: prefix.utf8) }
            })
        folderByName = Dictionary(
            folders.compactMap { path in names.names[path].map { ($0, NamedFolder(path: path, name: $0)) } },
            uniquingKeysWith: { first, _ in first })
        self.names = names
    }

    /// The inputs that do not exist.
    static func missing(_ inputs: [String]) -> [String] { inputs.filter { isMissing(absolute($0)) } }

    /// The names of the input folders, by input path.
    var folderNames: [String: String] { absolutePaths.compactMapValues { names.names[$0] } }

    /// The inputs by what the index calls them: the name of a folder, or the absolute path of a file.
    func names(of inputs: [String]) -> [String: String] {
        Dictionary(
            inputs.compactMap { input in
                absolutePaths[input].map { (names.names[$0] ?? $0, input) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether a path is one of the inputs, or in one of them.
    func contains(_ path: String) -> Bool { enclosing(path).contains(where: paths.contains) }

    /// The file with its absolute path and its stored root.
    func resolved(_ file: FoundFile) -> FoundFile {
        var file = file
        let root = absolutePaths[file.root] ?? Self.absolute(file.root)
        // A file that is an input and also in an input folder has the folder as its root.
        if file.path == file.root {
            file.path = root
        } else {
            let rest = file.path.utf8.dropFirst(file.root.utf8.count).drop { $0 == UInt8(ascii: "/") }
            file.path = (root == "/" ? root : root + "/") + String(decoding: rest, as: UTF8.self)
        }
        file.root = names.tops[root] ?? root
        return file
    }

    /// The root and path of a name in a rejection of the walk; nil if it is in none of the inputs.
    func location(of name: String) -> (root: String, path: String)? {
        if !files.isEmpty {
            let path = Self.absolute(name)
            if files.contains(path) { return (path, path) }
        }
        for outer in enclosing(name) + [""] {
            guard let folder = folderByName[outer] else { continue }
            return (names.tops[folder.path] ?? folder.path, folder.path(of: name))
        }
        return nil
    }

    /// The absolute path without links, also for a path that no longer exists.
    static func absolute(_ path: String) -> String {
        var url = URL(fileURLWithPath: path).standardizedFileURL
        var names: [String] = []
        var links = 0
        // The system resolves only existing paths.
        while isMissing(url.path), url.path != "/" {
            if links < maximumLinks, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: url.path) {
                url = URL(fileURLWithPath: target, relativeTo: url.deletingLastPathComponent()).standardizedFileURL
                links += 1
            } else {
                names.append(url.lastPathComponent)
                url.deleteLastPathComponent()
            }
        }
        let base = url.resolvingSymlinksInPath().path
        return names.isEmpty ? base : ([base == "/" ? "" : base] + names.reversed()).joined(separator: "/")
    }

    /// The maximum number of links to follow, as in the system.
    private static let maximumLinks = 40

    /// Whether a path does not exist. A path without permission does not count.
    private static func isMissing(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
