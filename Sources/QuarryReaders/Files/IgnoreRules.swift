import QuarryCore

/// The ignore rules of a folder: its own rules and the rules of the folders above it.
struct IgnoreRules: Sendable {
    /// The patterns of one folder, in the order of their lines.
    private struct Level: Sendable {
        /// The number of names from the top to the folder.
        var depth: Int
        var patterns: [GlobPattern]
    }

    private var levels: [Level] = []

    /// The ignore files to read; later ones override earlier ones.
    static let fileNames = [".gitignore", ".quarryignore"]

    private mutating func add(_ patterns: [GlobPattern], depth: Int) {
        if !patterns.isEmpty { levels.append(Level(depth: depth, patterns: patterns)) }
    }

    /// Reads the ignore files of a folder, if any.
    ///
    /// - `id`: The folder's name in messages.
    /// - `result`: Receives rejections and warnings.
    mutating func addFiles(of directory: String, id: String, depth: Int, reportingTo result: inout WalkResult) {
        for name in IgnoreRules.fileNames {
            addFile(directory + "/" + name, id: id + "/" + name, depth: depth, reportingTo: &result)
        }
    }

    /// Reads `.git/info/exclude` of a repository, if it exists.
    mutating func addExclusions(
        ofRepository directory: String, id: String, depth: Int, reportingTo result: inout WalkResult
    ) {
        let name = "/.git/info/exclude"
        addFile(directory + name, id: id + name, depth: depth, reportingTo: &result)
    }

    private mutating func addFile(_ path: String, id: String, depth: Int, reportingTo result: inout WalkResult) {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, id: id, maximumBytes: 1 << 24)
        } catch {
            if error.reason != .vanished {
                result.rejected.append(
                    Rejection(
                        source: id, reason: error.reason,
                        message: error.message + " The patterns in this ignore file are not applied."))
            }
            return
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var patterns: [GlobPattern] = []
        for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: line, as: UTF8.self)
            if let pattern = GlobPattern(line: line) {
                patterns.append(pattern)
            } else if !GlobPattern.isBlank(line) {
                result.warnings.append(
                    Rejection(
                        source: id, line: index + 1, reason: .brokenPattern,
                        message: "The pattern is invalid and matches nothing: \(line.prefix(80))"))
            }
        }
        add(patterns, depth: depth)
    }

    /// The verdict of the last matching pattern: true to ignore, false to include; nil without a match.
    ///
    /// - `path`: Names from the top down.
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
