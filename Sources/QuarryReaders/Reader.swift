public import QuarryCore

/// Makes documents of the bytes of one source.
///
/// What is wrong with the source is part of the result: a conformer throws only where it could not do its work for a
/// reason of its own.
public protocol Reader: Sendable {
    func read(_ source: Source) throws -> ReadResult
}

/// Bytes to read, and what they are called.
public struct Source: Sendable, Hashable {
    /// The name of the source inside a corpus; what documents and rejections are named by.
    public var id: String
    public var bytes: [UInt8]
    /// Whether a person named this source, rather than a folder that holds it. What nobody asked for by name may be
    /// skipped where no reader fits; what was asked for is rejected with a reason. The default is true.
    public var isExplicit: Bool

    public init(id: String, bytes: [UInt8], isExplicit: Bool = true) {
        self.id = id
        self.bytes = bytes
        self.isExplicit = isExplicit
    }
}

/// What a reader made of one source.
public struct ReadResult: Sendable, Hashable {
    /// One document for text and Markdown, one for each record of JSONL.
    public var documents: [Document]
    /// What was left out: the whole source, or lines of it.
    public var rejected: [Rejection]
    /// What was odd about documents that were read all the same, such as a line of front matter that says nothing.
    public var warnings: [Rejection]
    /// Why the source, which nobody named, was passed over: it holds no text that a reader knows.
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
