public import QuarryCore

/// A file that a walk found.
public struct FoundFile: Sendable, Hashable {
    /// Where to open it.
    public var path: String
    /// Its stable name inside a corpus.
    ///
    /// For a file in a folder that was given: the folder's name, a slash and the path inside it. For a file that was
    /// given itself: the path as given, normalised, and relative where it lies under the working directory.
    public var id: String
    /// The folder that it was found in, or the file as it was given.
    public var root: String
    /// In bytes.
    public var size: Int
    /// Nanoseconds since 1970, as near as they fit.
    public var modificationTime: Int64
    public var inode: UInt64
    /// Whether the file was given by name.
    public var isExplicit: Bool

    public init(
        path: String, id: String, root: String, size: Int, modificationTime: Int64, inode: UInt64, isExplicit: Bool
    ) {
        self.path = path
        self.id = id
        self.root = root
        self.size = size
        self.modificationTime = modificationTime
        self.inode = inode
        self.isExplicit = isExplicit
    }

    /// Reads the file in one go.
    ///
    /// - Throws: A rejection, where the file is gone, cannot be read, is too large by now or became shorter meanwhile.
    public func load(maximumBytes: Int = FileWalker.defaultMaximumBytes) throws(Rejection) -> Source {
        Source(
            id: id, bytes: try FileSystem.read(path, id: id, maximumBytes: maximumBytes), isExplicit: isExplicit)
    }
}

extension Source {
    /// Reads standard input to its end.
    ///
    /// - Throws: A rejection, where it cannot be read or holds more than the limit.
    public static func standardInput(
        id: String = "-", maximumBytes: Int = FileWalker.defaultMaximumBytes
    ) throws(Rejection) -> Source {
        Source(id: id, bytes: try FileSystem.readStandardInput(id: id, maximumBytes: maximumBytes))
    }
}

/// What a walk found.
public struct WalkResult: Sendable, Hashable {
    /// In the order of their ids' bytes.
    public var files: [FoundFile]
    /// Files that are too large, files and folders that the system would not show, and ignore files that cannot be
    /// read and so hold nothing.
    public var rejected: [Rejection]
    /// Lines of ignore files that are no pattern.
    public var warnings: [Rejection]
    /// Files and folders that were passed over: ignored, excluded, hidden, links, or of a format that nobody reads.
    public var skippedCount: Int
    /// Of these, the files with a format that no reader handles, by lower-case extension; `""` without one.
    public var unreadable: [String: Int] = [:]
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
