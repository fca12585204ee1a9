/// The ignore files that hold for a folder: its own and those of the folders above it.
struct IgnoreRules: Sendable {
    /// The patterns of one folder, in the order of their lines.
    private struct Level: Sendable {
        /// How many names lead from the top to the folder.
        var depth: Int
        var patterns: [GlobPattern]
    }

    private var levels: [Level] = []

    /// Files whose patterns are honoured, the later with the last word.
    static let fileNames = [".gitignore", ".quarryignore"]

    mutating func add(_ patterns: [GlobPattern], depth: Int) {
        if !patterns.isEmpty { levels.append(Level(depth: depth, patterns: patterns)) }
    }

    /// Reads the ignore files of a folder. One that cannot be read holds nothing.
    mutating func addFiles(of directory: String, depth: Int) {
        for name in IgnoreRules.fileNames { addFile(directory + "/" + name, depth: depth) }
    }

    mutating func addFile(_ path: String, depth: Int) {
        guard let bytes = try? FileSystem.read(path, id: path, maximumBytes: 1 << 24) else { return }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let patterns = text.split(separator: 0x0A).compactMap { GlobPattern(line: String(decoding: $0, as: UTF8.self)) }
        add(patterns, depth: depth)
    }

    /// Whether the last pattern that matches says so; nil where none matches.
    ///
    /// - Parameter path: Names from the top down.
    func verdict(on path: [[UInt8]], isDirectory: Bool) -> Bool? {
        for level in levels.reversed() where path.count > level.depth {
            for pattern in level.patterns.reversed()
            where pattern.matches(path[level.depth...], isDirectory: isDirectory) {
                return !pattern.isNegated
            }
        }
        return nil
    }
}
