public import QuarryCore

/// A file that a walk found.
public struct FoundFile: Sendable, Hashable {
    /// The path to open.
    public var path: String
    /// Its stable name in a corpus.
    ///
    /// For a file in a given folder: the folder's name, a slash and the path inside it. For a file given by name: the
    /// normalised path, relative if it is inside the working directory.
    public var id: String
    /// The root of the walk that found it: a folder, or the file itself.
    public var root: String
    /// In bytes.
    public var size: Int
    /// Nanoseconds since 1970, clamped to the range of `Int64`.
    public var modificationTime: Int64
    /// The same of the last change of content or attributes. It also tells files that changed places.
    public var changeTime: Int64
    public var inode: UInt64
    /// Whether the file was given by name.
    public var isExplicit: Bool

    public init(
        path: String, id: String, root: String, size: Int, modificationTime: Int64, changeTime: Int64,
        inode: UInt64, isExplicit: Bool
    ) {
        self.path = path
        self.id = id
        self.root = root
        self.size = size
        self.modificationTime = modificationTime
        self.changeTime = changeTime
        self.inode = inode
        self.isExplicit = isExplicit
    }

    /// A file given by its path.
    ///
    /// - Parameter id: Its name in a corpus.
    package init(path: String, id: String) {
        self.init(
            path: path, id: id, root: path, size: 0, modificationTime: 0, changeTime: 0, inode: 0, isExplicit: true)
    }

    /// Reads the whole file.
    ///
    /// - Throws: A rejection if the file no longer exists, cannot be read, is too large or became shorter during the
    ///   read.
    public func load(maximumBytes: Int = FileWalker.defaultMaximumBytes) throws(Rejection) -> Source {
        Source(
            id: id, bytes: try FileSystem.read(path, id: id, maximumBytes: maximumBytes), isExplicit: isExplicit)
    }
}

extension Source {
    /// Reads standard input to its end.
    ///
    /// - Throws: A rejection if it cannot be read or exceeds the limit.
    public static func standardInput(
        id: String = "-", maximumBytes: Int = FileWalker.defaultMaximumBytes
    ) throws(Rejection) -> Source {
        Source(id: id, bytes: try FileSystem.readStandardInput(id: id, maximumBytes: maximumBytes))
    }
}

/// The result of a walk.
public struct WalkResult: Sendable, Hashable {
    /// Sorted by the bytes of their ids.
    public var files: [FoundFile]
    /// Files that are too large, files and folders without access, and unreadable ignore files, which are not applied.
    public var rejected: [Rejection]
    /// Invalid lines of ignore files.
    public var warnings: [Rejection]
    /// The number of skipped files and folders: ignored, excluded, hidden, links, or of a format without a reader.
    public var skippedCount: Int
    /// Of these, the files with a format that no reader handles, by lower-case extension; `""` without one.
    public var unreadable: [String: Int] = [:]
    /// The bytes of these files, by lower-case extension.
    package var unreadableBytes: [String: Int] = [:]
    /// These files by name, at most 10,000.
    public var unread: [Rejection] = []

    /// Adds the result of another walk with other roots.
    package mutating func add(_ next: WalkResult) {
        files = (files + next.files).sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        rejected += next.rejected
        warnings += next.warnings
        skippedCount += next.skippedCount
        unreadable.merge(next.unreadable, uniquingKeysWith: +)
        unread += next.unread.prefix(max(0, Self.maximumUnread - unread.count))
        includesStandardInput = includesStandardInput || next.includesStandardInput
    }

    package static let maximumUnread = 10_000
    /// Whether `-` was among the roots.
    public var includesStandardInput: Bool

    public init(
        files: [FoundFile] = [], rejected: [Rejection] = [], warnings: [Rejection] = [], skippedCount: Int = 0,
        includesStandardInput: Bool = false
    ) {
        self.files = files
        self.rejected = rejected
        self.warnings = warnings
        self.skippedCount = skippedCount
        self.includesStandardInput = includesStandardInput
    }
}
