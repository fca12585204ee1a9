public import QuarryCore

/// Something to index.
public struct IndexInput: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case path(String)
        case bytes([UInt8], name: String)
        /// The pages of a web site that a crawl fetched.
        case site(FetchedSite)
        case document(Document)
    }

    package let kind: Kind

    /// A file or a folder.
    public static func path(_ path: String) -> IndexInput { IndexInput(kind: .path(path)) }

    /// Bytes without a file, such as standard input, with a name for citations. The name's extension sets the format.
    public static func bytes(_ bytes: [UInt8], name: String) -> IndexInput {
        IndexInput(kind: .bytes(bytes, name: name))
    }

    /// A document made in memory. Its id is also the name of its source.
    public static func document(_ document: Document) -> IndexInput { IndexInput(kind: .document(document)) }

    package static func site(_ site: FetchedSite) -> IndexInput { IndexInput(kind: .site(site)) }
}

extension [IndexInput] {
    /// Checks that at least one input exists, without an index.
    ///
    /// - Throws: ``CorpusError`` if all inputs are paths that do not exist.
    package func checkExistence() throws {
        let missing = InputRoots.missing(compactMap { if case .path(let path) = $0.kind { path } else { nil } })
        guard !missing.isEmpty, missing.count == count else { return }
        throw CorpusError.missingInputs(missing.map(Rejection.missingInput))
    }
}

/// Selects the files of folders.
public struct InputOptions: Sendable, Hashable, Codable {
    /// Patterns in `.gitignore` syntax. If there are any, a file must match one of them.
    public var include: [String]
    /// Patterns in `.gitignore` syntax. Files that match one are skipped.
    public var exclude: [String]
    /// Larger files are quarantined. The default is 256 MiB.
    public var maximumFileBytes: Int

    public init(include: [String] = [], exclude: [String] = [], maximumFileBytes: Int = 256 << 20) {
        self.include = include
        self.exclude = exclude
        self.maximumFileBytes = maximumFileBytes
    }
}
