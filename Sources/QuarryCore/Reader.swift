/// Makes documents of the bytes of one source.
///
/// What is wrong with the source is part of the result. A conformer throws only where it could not do its work for a
/// reason of its own, such as a server that cannot be reached: the source is then read again by the next run.
/// Cancelling the task stops the work.
public protocol Reader: Sendable {
    /// The extensions of the files it reads, in lower case and without their dots.
    var pathExtensions: Set<String> { get }
    /// Names the reader and its version, such as `markdown/2`. A file that another name read is read again.
    var version: String { get }
    func read(_ source: Source) async throws -> ReadResult
}

/// A reader that asks a model, which takes time and may cost money.
///
/// Such sources are read after all others, and each result is committed at once.
public protocol ModelReader: Reader {
    /// How many sources it may read at a time, at least 1.
    var concurrency: Int { get }
    /// Identifies the model. A source of which a model made nothing (``Rejection/model``) is read again only by a reader
    /// with another identity. Nil: there is no model to tell from another.
    var identity: String? { get }
    /// An upper bound of the work of reading a source, from its bytes alone. Nil: unknown.
    func work(on source: Source) -> ModelWork?
}

/// Bytes to read, and what they are called.
public struct Source: Sendable, Hashable {
    /// The name of the source inside a corpus; documents and rejections are named by it.
    public var id: String
    public var bytes: [UInt8]
    /// Whether a person named this source, rather than a folder that holds it. Without a matching reader, implicit
    /// sources are skipped and explicit ones rejected. The default is true.
    public var isExplicit: Bool

    public init(id: String, bytes: [UInt8], isExplicit: Bool = true) {
        self.id = id
        self.bytes = bytes
        self.isExplicit = isExplicit
    }
}

/// The documents of one source, and what was left out.
public struct ReadResult: Sendable, Hashable {
    /// One document for text and Markdown, one for each record of JSONL.
    public var documents: [Document]
    /// What was left out: the whole source, or lines of it.
    public var rejected: [Rejection]
    /// Oddities of documents that were read all the same, such as a line of front matter without a meaning.
    public var warnings: [Rejection]
    /// Why an implicit source was skipped: it holds no text that a reader knows.
    public var skipped: Rejection?
    /// How many bidirectional controls cleaning removed; they can make text read otherwise than it looks.
    public var bidirectionalControls: Int

    public init(
        documents: [Document] = [], rejected: [Rejection] = [], warnings: [Rejection] = [],
        skipped: Rejection? = nil, bidirectionalControls: Int = 0
    ) {
        self.documents = documents
        self.rejected = rejected
        self.warnings = warnings
        self.skipped = skipped
        self.bidirectionalControls = bidirectionalControls
    }
}
