public import QuarryCore
import QuarryReaders

/// The result of a run, or of a plan.
public struct IndexingReport: Sendable, Hashable, Codable {
    /// Files by their change since the last run. Only files with a document in the index count as new, changed, moved or
    /// unchanged; those of which nothing could be used are in ``quarantined`` only.
    public struct Sources: Sendable, Hashable, Codable {
        public var new = 0
        public var changed = 0
        public var moved = 0
        public var deleted = 0
        /// Taken out of the index although they exist, because this run leaves them out. They are in ``skipped`` too.
        public var leftOut = 0
        public var unchanged = 0
        /// Skipped in a folder, an archive or a mail: ignored, excluded, hidden, links, or a format that Quarry cannot read.
        public var skipped = 0
        /// Of these, the files that turned out to have no text, by the raw value of the reason (`Rejection.Reason`).
        public var withoutText: [String: Int] = [:]
        /// Of these, the files inside of archives and mails that were not read, by the raw value of the reason.
        public var inside: [String: Int] = [:]
        /// Of these, the files with a format that Quarry cannot read, by lower-case extension; `""` without one.
        public var unreadable: [String: Int] = [:]
        /// Of these, the files inside of an archive or a mail. A model or a reader may read them outside of it.
        public var unreadableInside: [String: Int] = [:]
    }

    /// Files that models read, or in a plan would read.
    public struct ModelReads: Sendable, Hashable, Codable {
        public var files = 0
        public var bytes = 0
        /// The estimated work of a plan, by the identities of the models. Models without an estimate are missing.
        public var work: [String: ModelWork] = [:]

        public init() {}
    }

    /// The requests for pages of web sites.
    public struct Web: Sendable, Hashable, Codable {
        /// All requests, also for redirects, sitemaps and robots.txt.
        public var requests = 0
        /// Bytes of all bodies, after decompression.
        public var bytes = 0
        /// Pages that the server reported as unchanged, and that were not sent again.
        public var unmodified = 0
        /// Pages that could not be checked now, or lie beyond the limits of the run. Their text stays in the index.
        public var kept = 0
        /// Pages that are not there, not to be read, or of a format that Quarry cannot read. They are in
        /// ``Sources/skipped`` too.
        public var skipped = 0

        public init() {}
    }

    public var sources = Sources()
    /// Nil for a run without web sites.
    public var web: Web?
    /// Files that models read, or in a plan would read. A plan does not know their documents and chunks.
    public var modelReads = ModelReads()
    /// Documents written: new or with changed content.
    public var documents = 0
    /// Documents with unchanged content, in files that were read.
    public var unchangedDocuments = 0
    public var deletedDocuments = 0
    /// Chunks written.
    public var chunks = 0
    /// Of these, chunks that needed a new vector.
    public var embeddedChunks = 0
    /// Tokens of the texts that needed a new vector.
    public var embeddedTokens = 0
    /// Files and records of the inputs that could not be indexed, in this run or an earlier one.
    public var quarantined: [Rejection] = []
    /// Files of folders, archives and mails that turned out to have no text, with the reason: empty, scanned, binary, or
    /// taken out of the index. From this run or an earlier one. They are included in ``Sources/skipped``.
    public var passedOver: [Rejection] = []
    /// Skipped files of folders, archives and mails whose format cannot be read, or needs a model that is not given; at most
    /// 10,000 by name, from this run or an earlier one.
    /// ``Sources/unreadable`` counts all of them.
    public var unread: [Rejection] = []
    /// Files of the index with the same bytes as another one, from this run or an earlier one; at most 10,000. They are
    /// indexed too. A plan does not know them.
    public var copies: [CopiedFile] = []
    /// Doubtful points in sources that were read.
    public var warnings: [Rejection] = []
    /// The warnings of earlier runs about sources that did not change, by source and kind, without their messages; of some
    /// 10,000 at most.
    public var earlierWarnings: [SourceWarning] = []
    /// The generations of vectors after the run, by number. A plan does not know them.
    public var generations: [VectorGeneration] = []
    /// The generation that questions are answered from since this run; nil if it did not switch.
    public var switchedTo: Int64?
    /// Wall-clock time.
    public var seconds = 0.0
    /// Bytes of the log beside the index (`-wal`) that are not in the index file yet, because a reader uses an older
    /// state. If it is not 0, a copy of the index needs the log too.
    public var unmergedBytes = 0

    public init() {}

    /// Whether the run changed nothing.
    public var isEmpty: Bool {
        sources.new + sources.changed + sources.moved + sources.deleted + sources.leftOut == 0
            && documents + deletedDocuments + embeddedChunks == 0
    }
}

extension IndexingReport {
    /// Counts a source whose content is the same as before.
    ///
    /// - Parameters:
    ///   - isEmpty: Whether it has no document. It is not counted then.
    ///   - leftOut: The source itself if it has no text, and files inside of it that were not read.
    mutating func add(unchanged name: String, isEmpty: Bool, leftOut: [Rejection]) {
        if !isEmpty { sources.unchanged += 1 }
        for part in leftOut { add(leftOut: part, of: name) }
    }

    /// Counts a source without text, or a file inside of it that was not read as one of a folder is counted.
    mutating func add(leftOut part: Rejection, of source: String) {
        sources.skipped += 1
        if part.source == source {
            sources.withoutText[part.reason.rawValue, default: 0] += 1
        } else {
            sources.inside[part.reason.rawValue, default: 0] += 1
        }
        guard part.source != source, [.unsupportedFormat, .needsModel].contains(part.reason) else {
            if part.source == source || passedOver.count < WalkResult.maximumUnread { passedOver.append(part) }
            return
        }
        let name = pathExtension(of: part.source) ?? ""
        sources.unreadable[name, default: 0] += 1
        sources.unreadableInside[name, default: 0] += 1
        if unread.count < WalkResult.maximumUnread { unread.append(part) }
    }
}

extension ReadResult {
    /// The source itself if it was skipped, and the files inside of it that were not read.
    var leftOut: [Rejection] { (skipped.map { [$0] } ?? []) + unread }
}

/// The progress of a run.
public struct IndexingProgress: Sendable, Hashable {
    /// Committed documents. They can be found by their words.
    public var documents = 0
    public var chunks = 0
    /// Bytes of the sources read so far.
    public var bytes = 0
    public var totalBytes = 0
    /// The source that was committed last, or that a model is reading.
    public var source = ""
    /// Chunks with a vector from this run. They can be found by meaning.
    public var embeddedChunks = 0
    public var embeddedTokens = 0
    /// Chunks that this run has found without a vector so far, including ``embeddedChunks``.
    public var chunksToEmbed = 0

    public init() {}
}
