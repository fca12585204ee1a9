public import QuarryCore

/// What a run of the indexer did, or what a plan says it would do.
public struct IndexingReport: Sendable, Hashable, Codable {
    /// Files, by what became of them since the last run.
    public struct Sources: Sendable, Hashable, Codable {
        public var new = 0
        public var changed = 0
        public var moved = 0
        public var deleted = 0
        public var unchanged = 0
        /// Met in a folder and passed over: ignored, excluded, hidden, a link, or of no format that Quarry reads.
        public var skipped = 0
    }

    /// Files that models read, or would read.
    public struct ModelReads: Sendable, Hashable, Codable {
        public var files = 0
        public var bytes = 0
        /// In a plan, what they may take, by the models' identities; without those that cannot say.
        public var work: [String: ModelWork] = [:]

        public init() {}
    }

    public var sources = Sources()
    /// What models were asked to read, or in a plan would be: its documents and chunks are not known then.
    public var modelReads = ModelReads()
    /// Documents written: new or with changed content.
    public var documents = 0
    /// Documents whose content was already there, in files that were read.
    public var unchangedDocuments = 0
    public var deletedDocuments = 0
    /// Chunks written.
    public var chunks = 0
    /// Of these, chunks that needed a new vector.
    public var embeddedChunks = 0
    /// Tokens of the texts that needed a new vector.
    public var embeddedTokens = 0
    /// What could not be indexed, now or on an earlier run, under the inputs given.
    public var quarantined: [Rejection] = []
    /// Files met in a folder whose extension says nothing and whose bytes are no text that a reader knows, with the
    /// reason; of those passed over on an earlier run, the reason is not kept. They are among ``Sources/skipped``.
    public var passedOver: [Rejection] = []
    /// What was odd about sources that were read all the same.
    public var warnings: [Rejection] = []
    /// Wall-clock time.
    public var seconds = 0.0

    public init() {}

    /// Whether the run changed nothing.
    public var isEmpty: Bool {
        sources.new + sources.changed + sources.moved + sources.deleted == 0 && documents + deletedDocuments + embeddedChunks == 0
    }
}

/// How far a run of the indexer is.
public struct IndexingProgress: Sendable, Hashable {
    /// Documents committed: found by their words from now on.
    public var documents = 0
    public var chunks = 0
    /// Bytes of the sources that were read.
    public var bytes = 0
    public var totalBytes = 0
    /// The source that was committed last, or that a model reads.
    public var source = ""
    /// Chunks that this run gave a vector: found by their meaning from now on.
    public var embeddedChunks = 0
    public var embeddedTokens = 0
    /// Chunks without a vector that this run has found so far, those of ``embeddedChunks`` included.
    public var chunksToEmbed = 0

    public init() {}
}
