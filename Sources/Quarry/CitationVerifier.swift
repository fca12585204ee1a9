public import QuarryReaders
public import QuarryRetrievalQA

/// Opens the files of citations again, and checks whether they still contain the quotes. It needs no index and no model.
public struct CitationVerifier: Sendable {
    private let readers: ReaderRegistry
    private let maximumBytes: Int

    /// - `readers`: The readers of the corpus that was cited.
    /// - `maximumBytes`: Larger files are not read. The default is 256 MiB.
    public init(
        readers: ReaderRegistry = ReaderRegistry(), maximumBytes: Int = FileWalker.defaultMaximumBytes
    ) {
        self.readers = readers
        self.maximumBytes = maximumBytes
    }

    /// Compares a citation with its file.
    ///
    /// - `path`: Where the file is; the default is nil: where it was when it was indexed. A citation without a path,
    ///   such as one of standard input, counts as `CitationCheck.Status.gone`.
    /// - Throws: A `Rejection` if the file is there and cannot be read, and the errors of the reader.
    public func verify(_ citation: Citation, at path: String? = nil) async throws -> CitationCheck {
        guard let path = path ?? citation.location.path,
            let file = try await read(path, as: citation.location.source)
        else { return CitationCheck(status: .gone, isSourceChanged: true) }
        return citation.check(in: file, path: path)
    }

    /// A file as it is now; nil if there is no such file.
    ///
    /// - `name`: The name of the source, from which the documents get theirs. Its extension chooses the reader. A format
    ///   that only models read has no documents.
    package func read(_ path: String, as name: String) async throws -> ReadSource? {
        let source: Source
        do {
            source = try FoundFile(path: path, id: name).load(maximumBytes: maximumBytes)
        } catch {
            guard error.reason == .vanished else { throw error }
            return nil
        }
        let isRead = readers.reads(name) && readers.modelReader(of: name) == nil
        return ReadSource(
            isRead ? try await readers.read(source).documents : [], digest: ContentHash(of: source.bytes))
    }
}
