public import QuarryCore
import QuarryText

/// Finds the files under given files and folders.
///
/// `.gitignore` and `.quarryignore` apply in every folder, and above a root up to the top of its Git repository.
/// `.git/info/exclude` applies there and in every repository inside. Hidden files and folders are skipped. The result
/// depends only on the files, not on the order of roots or of directory entries.
public struct FileWalker: Sendable {
    /// 256 MiB.
    public static let defaultMaximumBytes = 256 << 20

    /// Files and folders; `-` means standard input.
    public var roots: [String]
    /// If not empty, a file is accepted only if it or a folder around it matches one of these patterns. Ignore files
    /// still apply.
    public var include: [String]
    /// Patterns in `.gitignore` syntax, relative to each root. They override ignore files.
    public var exclude: [String]
    /// Larger files are rejected.
    public var maximumBytes: Int
    /// Whether links inside folders are followed. Each folder and file is still visited once, under its own path if
    /// that is inside a root. The default is false.
    public var followSymlinks: Bool
    /// Whether hidden files and folders are included. The default is false.
    public var includeHidden: Bool
    /// The readers in use. Files in folders with a known extension but no reader are skipped.
    public var readers: ReaderRegistry
    /// The first part of the ids of a folder's files, by the root as given. Other folders use the last components of
    /// their paths. The default is empty.
    public var rootNames: [String: String] = [:]
    /// Whether to find recordings, pictures and the like even if ``readers`` has no reader for them; they may have been
    /// read before. The default is false.
    public var includesUnreadMedia = false
    /// The index's own files, by their absolute paths without links. They are skipped in folders without being counted,
    /// and rejected when named.
    public var ownFiles: Set<String> = []

    public init(
        roots: [String], include: [String] = [], exclude: [String] = [],
        maximumBytes: Int = FileWalker.defaultMaximumBytes, followSymlinks: Bool = false, includeHidden: Bool = false,
        readers: ReaderRegistry = ReaderRegistry()
    ) {
        self.roots = roots
        self.include = include
        self.exclude = exclude
        self.maximumBytes = maximumBytes
        self.followSymlinks = followSymlinks
        self.includeHidden = includeHidden
        self.readers = readers
    }

    /// The name that a file gets if it is itself a root.
    package static func name(ofFile path: String) -> String {
        RootNames.normalized(path, in: FileSystem.currentDirectory())
    }

    /// - Throws: A rejection that names a root that does not exist or cannot be read, or an invalid pattern.
    public func files() throws(Rejection) -> WalkResult {
        var walk = Walk(walker: self, include: try patterns(include), exclude: try patterns(exclude))
        var directories: [(root: String, canonical: String)] = []
        var seen: Set<ExactText> = []
        var files: [(root: String, canonical: String)] = []
        for root in roots {
            if root == "-" {
                walk.result.includesStandardInput = true
                continue
            }
            do {
                let status = try FileStatus(path: root, followingLinks: true)
                let canonical = try FileSystem.canonicalPath(root)
                if status.kind == .directory {
                    if seen.insert(ExactText(canonical)).inserted { directories.append((root, canonical)) }
                } else {
                    files.append((root, canonical))
                }
            } catch {
                let rejection =
                    error.isMissing
                    ? Rejection(source: root, reason: .notFound, message: "There is no such file or folder.")
                    : Rejection(source: root, reason: .unreadable, message: "The path cannot be read: \(error).")
                // An unreadable root does not stop the others.
                guard !error.isMissing, roots.count > 1 else { throw rejection }
                walk.result.rejected.append(rejection)
            }
        }
        directories.sort { FileSystem.precedes($0.canonical, $1.canonical) }
        let names = RootNames.distinct(directories.map(\.canonical))
        for (directory, name) in zip(directories, names) {
            let name = rootNames[directory.root] ?? name
            do {
                try walk.directory(directory.root, canonical: directory.canonical, name: name)
            } catch {
                guard roots.count > 1 else { throw error }
                walk.result.rejected.append(Rejection(source: name, reason: error.reason, message: error.message))
            }
        }
        walk.followLinks()
        for file in files.sorted(by: { FileSystem.precedes($0.canonical, $1.canonical) }) {
            walk.explicitFile(file.root, canonical: file.canonical)
        }
        walk.result.files.sort { FileSystem.precedes($0.id, $1.id) }
        walk.result.rejected = FileWalker.distinct(walk.result.rejected)
        walk.result.warnings = FileWalker.distinct(walk.result.warnings)
        return walk.result
    }

    /// Removes duplicate rejections by source and line: ignore files above several roots are read for each of them.
    private static func distinct(_ rejections: [Rejection]) -> [Rejection] {
        var met: Set<Rejection> = []
        return rejections.filter { met.insert($0).inserted }.sorted { a, b in
            if !a.source.utf8.elementsEqual(b.source.utf8) { return FileSystem.precedes(a.source, b.source) }
            if a.line != b.line { return (a.line ?? 0) < (b.line ?? 0) }
            return FileSystem.precedes(a.message, b.message)
        }
    }

    private func patterns(_ lines: [String]) throws(Rejection) -> [GlobPattern] {
        var patterns: [GlobPattern] = []
        for line in lines {
            guard let pattern = GlobPattern(line: line) else {
                throw Rejection(
                    source: line, reason: .brokenPattern,
                    message: "This is not a pattern of the .gitignore syntax. Close its brackets, or write \"*.md\".")
            }
            patterns.append(pattern)
        }
        return patterns
    }
}

/// The names of roots in ids.
enum RootNames {
    /// The last components of the paths, with as many before them as make them distinct.
    static func distinct(_ paths: [String]) -> [String] {
        let parts = paths.map { $0.split(separator: "/").map(String.init) }
        var lengths = [Int](repeating: 1, count: paths.count)
        while true {
            let names = zip(parts, lengths).map { $0.suffix($1).joined(separator: "/") }
            var counts: [ExactText: Int] = [:]
            for name in names { counts[ExactText(name), default: 0] += 1 }
            var isExtended = false
            for index in paths.indices
            where counts[ExactText(names[index]), default: 0] > 1 && lengths[index] < parts[index].count {
                lengths[index] += 1
                isExtended = true
            }
            if !isExtended { return names }
        }
    }

    /// A path without `.`, empty names and, if possible, `..`; relative to `directory` if inside it.
    static func normalized(_ path: String, in directory: String?) -> String {
        var names: [Substring] = []
        for name in path.split(separator: "/") where name != "." {
            if name == "..", let last = names.last, last != ".." { names.removeLast() } else { names.append(name) }
        }
        let joined = names.joined(separator: "/")
        guard path.hasPrefix("/") else { return joined }
        let absolute = "/" + joined
        guard let directory else { return absolute }
        let prefix = directory == "/" ? "/" : directory + "/"
        return absolute.hasPrefix(prefix) ? String(absolute.dropFirst(prefix.count)) : absolute
    }
}
