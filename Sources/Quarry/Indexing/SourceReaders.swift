import QuarryReaders

/// What makes documents of sources, chosen by their names: readers of text, and others that have a model do it.
struct SourceReaders: Sendable {
    let formats: FormatRegistry
    private var external: [String: any AsyncReader] = [:]

    /// Raised when readers of text make something else of the same bytes, so that files are read again.
    private static let version = 2
    /// The same for what models read. Not raised lightly: reading again is paid for.
    private static let externalVersion = 1

    /// - Parameter external: Of two for one extension, the first is taken.
    init(external readers: [any AsyncReader] = []) {
        var formats = FormatRegistry()
        for reader in readers {
            formats.leave(reader.pathExtensions)
            for name in reader.pathExtensions where external[name] == nil { external[name] = reader }
        }
        self.formats = formats
    }

    /// The model that reads a source; nil where text is read, or there is no such model.
    func external(for name: String) -> (any AsyncReader)? {
        FormatRegistry.pathExtension(of: name).flatMap { external[$0] }
    }

    /// Whether the model that reads a source is another than the one that made nothing of it.
    func mayFareBetter(with name: String, than faults: [Rejection]) -> Bool {
        guard let identity = external(for: name)?.identity else { return false }
        return faults.contains { $0.model.map { $0 != identity } ?? false }
    }

    /// Whether a source is for a model to read that is not there.
    func isUnread(_ name: String) -> Bool {
        formats.verdict(forPath: name) == .external && !formats.isRead(name)
    }

    /// What rows of sources remember, to tell which were read by an earlier version.
    func version(of name: String) -> Int {
        formats.verdict(forPath: name) == .external ? Self.externalVersion : Self.version
    }
}
