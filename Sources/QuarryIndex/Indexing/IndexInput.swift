public import QuarryCore

/// Something to index.
public enum IndexInput: Sendable, Hashable {
    /// A file or a folder.
    case path(String)
    /// Bytes without a file, such as standard input, under the name they are cited by. The name's extension tells the
    /// format.
    case bytes([UInt8], name: String)
    /// A document made in memory. Its id is also the name of its source.
    case document(Document)
}

/// Which files of a folder take part.
public struct InputOptions: Sendable, Hashable, Codable {
    /// Patterns in the syntax of `.gitignore`; when there are any, a file must match one.
    public var include: [String]
    /// Patterns in the syntax of `.gitignore`; a file that matches one is skipped.
    public var exclude: [String]
    /// Larger files are quarantined. The default is 256 MiB.
    public var maximumFileBytes: Int

    public init(include: [String] = [], exclude: [String] = [], maximumFileBytes: Int = 256 << 20) {
        self.include = include
        self.exclude = exclude
        self.maximumFileBytes = maximumFileBytes
    }
}
