/// Converts the bytes of one source into documents.
///
/// Problems of the source are part of the result. A conformer throws only for failures of its own, such as an
/// unreachable server; the next run then reads the source again. Cancelling the task stops the work.
public protocol Reader: Sendable {
    /// The extensions of the files it reads, in lower case and without dots.
    var pathExtensions: Set<String> { get }
    /// The reader's name and version, such as `markdown/2`. Files that were read under another name are read again.
    var version: String { get }
    func read(_ source: Source) async throws -> ReadResult

    /// The name of its format in a list, such as `PDF`. The default is the name in ``version``.
    var formatName: String { get }
    /// Why it cannot read on this machine, such as a program that is not installed; nil, the default, if it can.
    var obstacle: String? { get }

    /// The reader itself if it calls a model; otherwise nil, the default.
    var modelReader: (any ModelReader)? { get }
}

extension Reader {
    public var formatName: String { String(version.prefix { $0 != "/" }) }
    public var obstacle: String? { nil }
    public var modelReader: (any ModelReader)? { nil }
}

extension ModelReader {
    public var modelReader: (any ModelReader)? { self }
}

/// A reader that calls a model, which takes time and may cost money.
///
/// Such sources are read after all others, and each result is committed at once.
public protocol ModelReader: Reader {
    /// The maximum number of sources to read at a time, at least 1.
    var concurrency: Int { get }
    /// Identifies the model. A source rejected by a model (``Rejection/model``) is read again only by a reader with
    /// another identity. Nil if all models count as the same.
    var identity: String? { get }
    /// An upper bound of the work of reading a source, estimated from its bytes. Nil if unknown.
    func work(on source: Source) -> ModelWork?
}

/// Bytes to read, with their name.
public struct Source: Sendable, Hashable {
    /// The name of the source in a corpus; documents and rejections refer to it.
    public var id: String
    public var bytes: [UInt8]
    /// Whether a person named this source, instead of a folder that contains it. Without a matching reader, implicit
    /// sources are skipped and explicit ones rejected. The default is true.
    public var isExplicit: Bool
    /// The media type that a server gives with the bytes, with its parameters, such as `text/html; charset=koi8-r`. It
    /// counts more than the extension of ``id``. The default is nil: there is none.
    public var mediaType: String?

    public init(id: String, bytes: [UInt8], isExplicit: Bool = true, mediaType: String? = nil) {
        self.id = id
        self.bytes = bytes
        self.isExplicit = isExplicit
        self.mediaType = mediaType
    }
}

/// The documents of one source, and its rejected parts.
public struct ReadResult: Sendable, Hashable {
    /// One document for text and Markdown, one for each record of JSONL, one for each file of an archive.
    public var documents: [Document]
    /// The rejected parts: the whole source, or lines of it.
    public var rejected: [Rejection]
    /// Problems that did not prevent reading, such as an invalid line of front matter.
    public var warnings: [Rejection]
    /// Why an implicit source was skipped: no reader recognises its text.
    public var skipped: Rejection?
    /// Files inside of the source that were not read, such as pictures of an archive, by name and reason.
    public var unread: [Rejection]
    /// The number of bidirectional controls that were removed. They can disguise the order of text.
    public var bidirectionalControls: Int

    public init(
        documents: [Document] = [], rejected: [Rejection] = [], warnings: [Rejection] = [],
        skipped: Rejection? = nil, unread: [Rejection] = [], bidirectionalControls: Int = 0
    ) {
        self.documents = documents
        self.rejected = rejected
        self.warnings = warnings
        self.skipped = skipped
        self.unread = unread
        self.bidirectionalControls = bidirectionalControls
    }
}
