/// A folder that is a root of the index, and what the names of its sources begin with.
struct NamedFolder: Sendable, Hashable {
    /// Absolute, without links.
    var path: String
    /// Empty for the top of the file system.
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
/// A folder keeps the name it was given when it was first indexed, and one inside another is named as a part of it. A
/// new one is named by the last part of its path, with as many parts before it as set it apart from all others. Where
/// the folder of a name is no longer there, one whose path ends in that name is taken for it, moved with its index.
struct FolderNames {
    struct Relocation: Sendable {
        var from: NamedFolder
        var to: String

        /// Where a path under the old place stands now; nil for any other.
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
    /// Roots that the index does not know yet.
    private(set) var new: [NamedFolder] = []
    private(set) var relocations: [Relocation] = []

    /// - `folders`: Absolute paths without links.
    /// - `isGone`: Whether there is no such folder any more; asked only where there are new ones.
    /// - `isUsed`: Whether sources are stored under a new folder's path already.
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
                // Where all of the path is another one's name, the path with its slash is nobody's.
                let name = clashes(index) ? open[index] : candidates[index]
                names[open[index]] = name
                new.append(NamedFolder(path: open[index], name: name))
            }
            return
        }
    }
}

/// A path or name, and all around it from the inside out; the last is `/` where it is absolute.
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
