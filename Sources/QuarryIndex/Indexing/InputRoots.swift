import Foundation
import QuarryCore
import QuarryReaders

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The files and folders that a run was given, by path and by name.
struct WalkedPlaces {
    /// As given, and absolute without links.
    private let absolutePaths: [String: String]
    private let paths: Set<String>
    private let files: Set<String>
    private let folderByName: [String: NamedFolder]
    /// The inputs that lead nowhere, as given, with their absolute paths.
    let absent: [String: String]
    let names: FolderNames

    /// - Parameters:
    ///   - inputs: Files and folders, as given.
    ///   - stored: The roots of the index.
    ///   - sources: The paths of the sources of the index.
    init(_ inputs: [String], stored: [NamedFolder], sources: Set<String>) {
        var absolutePaths: [String: String] = [:]
        var folders: [String] = []
        var absent: [String: String] = [:]
        for input in inputs where absolutePaths[input] == nil {
            let path = Self.absolute(input)
            absolutePaths[input] = path
            if Self.isAbsent(path) { absent[input] = path }
            if Self.isFolder(path) { folders.append(path) }
        }
        self.absolutePaths = absolutePaths
        self.absent = absent
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

    /// The names of the folders, by their paths as given.
    var namesAsGiven: [String: String] { absolutePaths.compactMapValues { names.names[$0] } }

    /// Whether a path is one of the inputs, or lies in one.
    func cover(_ path: String) -> Bool { enclosing(path).contains(where: paths.contains) }

    /// The file with its absolute path, and the root that it is stored under.
    func placed(_ file: FoundFile) -> FoundFile {
        var file = file
        let root = absolutePaths[file.root] ?? Self.absolute(file.root)
        // One that was given itself and found in a folder as well has the folder for its root.
        if file.path == file.root {
            file.path = root
        } else {
            let rest = file.path.utf8.dropFirst(file.root.utf8.count).drop { $0 == UInt8(ascii: "/") }
            file.path = (root == "/" ? root : root + "/") + String(decoding: rest, as: UTF8.self)
        }
        file.root = names.tops[root] ?? root
        return file
    }

    /// Where what a walk could not take in stands, by the name it has there; nil for what is in none of the inputs.
    func place(of name: String) -> (root: String, path: String)? {
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

    /// A path that means the same from every folder, links resolved; also of what is no longer there.
    static func absolute(_ path: String) -> String {
        var url = URL(fileURLWithPath: path).standardizedFileURL
        var names: [String] = []
        var links = 0
        // The system resolves only what is there.
        while isAbsent(url.path), url.path != "/" {
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

    /// Links that are followed to where something was; the system itself follows as many.
    private static let maximumLinks = 40

    /// Whether a path leads nowhere: what merely cannot be looked at does not count.
    private static func isAbsent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
