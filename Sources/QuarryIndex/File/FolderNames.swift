/// A root folder of the index, and the prefix of its sources' names.
struct NamedFolder: Sendable, Hashable {
    /// Absolute, without links.
    var path: String
    /// Empty for `/`.
    var name: String

    /// The name of a file or folder inside, by its path.
    func name(of inner: String) -> String {
        let rest = inner.utf8.dropFirst(path == "/" ? 1 : path.utf8.count + 1)
        let path = String(decoding: rest, as: UTF8.self)
        return name.isEmpty ? path : "\(name)/\(path)"
    }

    /// The path of a file or folder inside, by its name.
    func path(of inner: String) -> String {
        let rest = inner.utf8.dropFirst(name.isEmpty ? 0 : name.utf8.count + 1)
        guard !rest.isEmpty else { return path }
        let name = String(decoding: rest, as: UTF8.self)
        return path == "/" ? "/\(name)" : "\(path)/\(name)"
    }
}

/// The names of the folders of a run.
///
/// A folder keeps the name from its first run. A folder within another is named as a part of it. A new folder gets the
/// last part of its path, and as many parts before it as make the name unique. If a stored folder no longer exists, a
/// new folder whose path ends in its name counts as the same folder, moved.
struct FolderNames {
    struct Relocation: Sendable {
        var from: NamedFolder
        var to: String

        /// The new path for a path in the old folder; nil for other paths.
        func moved(_ path: String) -> String? {
            if path == from.path { return to }
            guard path.utf8.starts(with: (from.path + "/").utf8) else { return nil }
            return to + String(decoding: path.utf8.dropFirst(from.path.utf8.count), as: UTF8.self)
        }
    }

    /// By absolute path.
    private(set) var names: [String: String] = [:]
    /// The outermost root around each folder: itself, or another one of the run or of the index.
    private(set) var tops: [String: String] = [:]
    /// Roots that are not in the index yet.
    private(set) var new: [NamedFolder] = []
    private(set) var relocations: [Relocation] = []

    /// - `folders`: Absolute paths without links.
    /// - `isGone`: Whether a folder no longer exists. Called only if there are new folders.
    /// - `isUsed`: Whether the index already has sources in a new folder.
    init(
        of folders: [String], stored: [NamedFolder], isGone: (NamedFolder) -> Bool, isUsed: (String) -> Bool
    ) {
        let given = Set(folders)
        let known = Dictionary(stored.map { ($0.path, $0.name) }, uniquingKeysWith: { first, _ in first })
        var nested: [(path: String, outer: String)] = []
        var open: [String] = []
        for folder in given.sorted() {
            if let outer = enclosing(folder).dropFirst().last(where: { given.contains($0) || known[$0] != nil }) {
                nested.append((folder, outer))
                continue
            }
            tops[folder] = folder
            if let name = known[folder] { names[folder] = name } else { open.append(folder) }
        }
        if !open.isEmpty {
            relocate(&open, lost: stored.filter(isGone), isUsed: isUsed)
            name(open, taken: Set(stored.map(\.name)))
        }
        for (path, outer) in nested {
            tops[path] = outer
            guard let name = names[outer] ?? known[outer] else { continue }
            names[path] = NamedFolder(path: outer, name: name).name(of: path)
        }
    }

    private mutating func relocate(_ open: inout [String], lost: [NamedFolder], isUsed: (String) -> Bool) {
        var lost = lost.sorted { ($1.name.utf8.count, $0.name) < ($0.name.utf8.count, $1.name) }
        open.removeAll { folder in
            guard !isUsed(folder),
                let index = lost.firstIndex(where: { !$0.name.isEmpty && folder.hasSuffix("/" + $0.name) })
            else { return false }
            let from = lost.remove(at: index)
            relocations.append(Relocation(from: from, to: folder))
            names[folder] = from.name
            return true
        }
    }

    private mutating func name(_ open: [String], taken: Set<String>) {
        let parts = open.map { $0.split(separator: "/").map(String.init) }
        var lengths = [Int](repeating: 1, count: open.count)
        while true {
            let candidates = zip(parts, lengths).map { $0.suffix($1).joined(separator: "/") }
            let counts = Dictionary(candidates.map { ($0, 1) }, uniquingKeysWith: +)
            func clashes(_ index: Int) -> Bool {
                counts[candidates[index], default: 0] > 1 || taken.contains(candidates[index])
            }
            let longer = open.indices.filter { clashes($0) && lengths[$0] < parts[$0].count }
            guard longer.isEmpty else {
                for index in longer { lengths[index] += 1 }
                continue
            }
            for index in open.indices {
                // If the whole path is another folder's name, the path with its leading slash is unique.
                let name = clashes(index) ? open[index] : candidates[index]
                names[open[index]] = name
                new.append(NamedFolder(path: open[index], name: name))
            }
            return
        }
    }
}

/// A path or name and its parent folders, innermost first. The last one of an absolute path is `/`.
func enclosing(_ path: String) -> [String] {
    var paths = [path]
    var rest = path[...]
    while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) {
        rest = rest[..<slash]
        let outer = rest.isEmpty ? "/" : String(rest)
        if outer != path { paths.append(outer) }
    }
    return paths
}
