import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

/// One run of the indexer: reads sources one by one, collects what changed into batches, and commits each batch with
/// its vectors and postings in one transaction.
struct IndexingRun {
    let indexer: Indexer
    let scan: InputScan
    let applies: Bool
    var report = IndexingReport()

    /// A source as it will stand in the index.
    struct SourceRow: Sendable {
        /// Its row, where it has one.
        var id: Int64?
        var name: String
        var root: String?
        var path: String?
        var size: Int
        var modified: Int64
        var sha256: ContentHash
        /// Which version of its reader makes the documents.
        var reader: Int
    }

    /// A source whose bytes were taken in, and that has to be read.
    struct LoadedSource {
        var row: SourceRow
        var stored: StoredSource?
        var source: Source
        /// Whether the bytes are those that were read before.
        var isSame: Bool
    }

    enum Operation: Sendable {
        case open(SourceRow)
        case write(PreparedDocument, source: String)
        case relocate(key: String, sourceMap: Data, source: String)
        /// Every document of the source was read. `refused` are keys that other sources have.
        case close(SourceRow, rejections: [Rejection], refused: [String])
    }

    /// What is to be removed of a source at the end of the run.
    struct Removal {
        var source: Int64
        var documents: [Int64]
        /// Its digest, where the source stays.
        var sha256: ContentHash?
    }

    /// What is queued before it is committed, at the most.
    private static let batchOperations = 4096
    /// Documents that are removed in one transaction.
    static let batchRemovals = 2048

    private var pending: [Operation] = []
    private var pendingChunks = 0
    var pendingSourceBytes = 0
    var committedBytes = 0
    private let totalBytes: Int
    /// The source that holds each document met in this run.
    var seen: [ExactText: String] = [:]
    /// Sources that are read in this run or gone: their documents may go elsewhere.
    private let reread: Set<String>
    /// Texts that were counted as needing a vector.
    private var counted: Set<ContentHash> = []
    /// Sources that are taken away at the end of the run.
    var gone: [StoredSource]
    /// Stored sources that were read.
    var closed: [Int64] = []
    /// Documents that are no longer in sources that stay.
    var leftovers: [Removal] = []

    init(indexer: Indexer, scan: InputScan, applies: Bool) {
        self.indexer = indexer
        self.scan = scan
        self.applies = applies
        let diff = scan.diff
        gone = diff.deleted
        reread = Set((scan.work + scan.external).map(\.name)).union(diff.changed.map(\.stored.name)).union(
            diff.deleted.map(\.name)
        )
        .subtracting(scan.rechecked.subtracting(diff.changed.map(\.file.id)))
        totalBytes = (scan.work + scan.external).reduce(0) { $0 + $1.byteCount }
        report.sources.unchanged = diff.unchanged.count - scan.passedOver.count
        report.sources.skipped = scan.skipped + scan.passedOver.count
        report.passedOver = scan.passedOver
        report.sources.moved = diff.moved.count
        report.sources.deleted = diff.deleted.count
        report.warnings = scan.warnings
        report.quarantined = scan.rejected.map(\.rejection) + scan.refusedInputs
        for source in diff.unchanged.map(\.stored) + diff.hidden {
            report.quarantined += scan.faults[source.name] ?? []
        }
        for change in diff.moved {
            report.quarantined += (scan.faults[change.stored.name] ?? []).map { fault in
                var fault = fault
                fault.source = change.file.id
                return fault
            }
        }
    }

    var index: CorpusIndex { indexer.index }

    /// Renames what moved, and forgets the quarantine of everything that is looked at anew.
    ///
    /// What is gone is removed last: until then its vectors serve for texts that stand elsewhere now.
    mutating func begin() throws {
        guard applies else { return }
        let scan = scan
        try write { writer, _ in
            try Schema.upgrade(in: writer.db)
            try writer.store(scan.folders, known: scan.knownFolders)
            for change in scan.diff.moved { try writer.move(change.stored, to: change.file) }
            try writer.releaseQuarantine(scan.outdated)
            for (rejection, root) in scan.rejected { try writer.quarantine([rejection], root: root) }
        }
    }

    /// Reads one source and queues what changed of it.
    mutating func process(_ work: InputScan.Work, onProgress: @Sendable (IndexingProgress) -> Void) async throws {
        guard let loaded = try load(work) else { return }
        let content = try indexer.readers.formats.read(loaded.source)
        try await take(content, of: loaded, onProgress: onProgress)
    }

    /// The bytes of a source; nil where they cannot be had, or were read before.
    mutating func load(_ work: InputScan.Work) throws -> LoadedSource? {
        let bytes: [UInt8]
        var row: SourceRow
        let stored: StoredSource?
        let version = indexer.readers.version(of: work.name)
        switch work {
        case .bytes(let given, let name, let known):
            bytes = given
            stored = known
            row = SourceRow(
                id: known?.id, name: name, size: given.count, modified: 0, sha256: ContentHash(of: given),
                reader: version)
        case .file(let file, let known):
            stored = known
            do {
                bytes = try file.load(maximumBytes: scan.maximumFileBytes).bytes
            } catch {
                try quarantineUnread(error, of: work)
                return nil
            }
            row = SourceRow(
                id: known?.id, name: file.id, root: file.root, path: file.path, size: bytes.count,
                modified: file.modificationTime, sha256: ContentHash(of: bytes), reader: version)
        }
        let isSame = stored?.sha256 == row.sha256 && stored?.reader == version && stored?.name == row.name
        if isSame, let stored, !scan.rechecked.contains(row.name) {
            report.sources.unchanged += 1
            report.quarantined += scan.faults[row.name] ?? []
            pendingSourceBytes += bytes.count
            if applies { try touch(stored, as: row) }
            return nil
        }
        let isExplicit = if case .file(let file, _) = work { file.isExplicit } else { true }
        return LoadedSource(
            row: row, stored: stored, source: Source(id: row.name, bytes: bytes, isExplicit: isExplicit),
            isSame: isSame)
    }

    /// Counts a source by what was read of it, and queues its documents.
    mutating func take(
        _ content: ReadResult, of loaded: LoadedSource, onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws {
        var content = content
        if let reason = content.skipped, let stored = loaded.stored, try holdsDocuments(stored) {
            // What was text and is none now was damaged, and is not passed over in silence.
            content.skipped = nil
            content.rejected.append(
                Rejection(
                    source: reason.source, reason: reason.reason,
                    message: reason.message + " It was text when it was last indexed; that text leaves the index."))
        }
        if let reason = content.skipped {
            report.sources.skipped += 1
            report.passedOver.append(reason)
        } else {
            count(loaded)
        }
        report.warnings += content.warnings
        try await queue(loaded.row, content: content, onProgress: onProgress)
    }

    /// Counts a source that is read.
    mutating func count(_ loaded: LoadedSource) {
        if loaded.stored == nil {
            report.sources.new += 1
        } else if loaded.isSame {
            report.sources.unchanged += 1
        } else {
            report.sources.changed += 1
        }
    }

    /// Queues the documents of a source that are new or changed.
    private mutating func queue(
        _ row: SourceRow, content: ReadResult, onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws {
        var rejections = content.rejected
        var refused: [String] = []
        pending.append(.open(row))
        // A file of many documents is done as its documents are.
        var rest = row.size
        defer { pendingSourceBytes += rest }
        for (number, document) in content.documents.enumerated() {
            let share = rest / (content.documents.count - number)
            pendingSourceBytes += share
            rest -= share
            try Task.checkCancellation()
            let stored = try stored(document.id)
            if let holder = seen[ExactText(document.id)]
                ?? stored.flatMap({ reread.contains($0.source) ? nil : $0.source }),
                holder != row.name || seen[ExactText(document.id)] != nil
            {
                rejections.append(
                    Rejection(
                        source: row.name, line: document.sourceMap.firstLine, reason: .duplicateID,
                        message: "The document id “\(document.id)” is taken by \(holder). Give it another id."))
                if holder != row.name { refused.append(document.id) }
                continue
            }
            seen[ExactText(document.id)] = row.name
            let digest = indexer.preparation.digest(of: document)
            if let stored, stored.sha256 == digest {
                report.unchangedDocuments += 1
                let sourceMap = Data(SourceMapCodec.encode(document.sourceMap))
                if stored.source != row.name || stored.sourceMap != sourceMap {
                    pending.append(.relocate(key: document.id, sourceMap: sourceMap, source: row.name))
                }
            } else {
                try queue(document, digest: digest, source: row.name)
            }
            if pendingChunks >= indexer.batchChunks || pending.count >= Self.batchOperations {
                try await flush(source: row.name, onProgress: onProgress)
            }
        }
        report.quarantined += rejections
        if let id = row.id { closed.append(id) }
        pending.append(.close(row, rejections: rejections, refused: refused))
        if pending.count >= Self.batchOperations { try await flush(source: row.name, onProgress: onProgress) }
    }

    /// Cuts a document into chunks and queues them.
    private mutating func queue(_ document: Document, digest: ContentHash, source: String) throws {
        var prepared = try indexer.preparation.prepare(document, sha256: digest)
        if index.settings.embedding != nil { try reuseVectors(in: &prepared) }
        report.documents += 1
        report.chunks += prepared.chunks.count
        if indexer.embedder != nil {
            for chunk in prepared.chunks where chunk.vector == nil && counted.insert(chunk.sha256).inserted {
                report.embeddedChunks += 1
                report.embeddedTokens += chunk.chunk.tokenCount
            }
        }
        pendingChunks += max(1, prepared.chunks.count)
        pending.append(.write(prepared, source: source))
    }

    /// Commits what is left, and removes what is gone.
    mutating func finish(onProgress: @Sendable (IndexingProgress) -> Void) async throws {
        try await flush(source: (scan.external.last ?? scan.work.last)?.name ?? "", onProgress: onProgress)
        guard applies else { return try countRemovals() }
        try removeWhatIsGone()
        try translatingErrors(path: index.path) { try index.pool.write { try PendingVectors.clear(in: $0) } }
    }

    /// Embeds the queued chunks that have no vector yet, then commits everything queued.
    mutating func flush(source: String, onProgress: @Sendable (IndexingProgress) -> Void) async throws {
        let operations = pending
        pending = []
        pendingChunks = 0
        defer {
            committedBytes += pendingSourceBytes
            pendingSourceBytes = 0
        }
        guard applies, !operations.isEmpty else { return }
        try Task.checkCancellation()

        let vectors = try await embed(operations, source: source, onProgress: onProgress)
        let hasVectors = indexer.embedder != nil
        let seen = seen
        let left = try write { writer, _ -> [Removal] in
            var ids: [ExactText: Int64] = [:]
            var leftovers: [Removal] = []
            for operation in Self.inWritingOrder(operations) {
                switch operation {
                case .open(let row):
                    ids[ExactText(row.name)] = try writer.upsertSource(row)
                case .relocate(let key, let sourceMap, let source):
                    try writer.relocate(
                        key, sourceMap: sourceMap, source: try ids[ExactText(source)] ?? writer.sourceID(source))
                case .write(let prepared, let source):
                    let rows =
                        try !hasVectors
                        ? nil
                        : prepared.chunks.map { chunk in
                            guard let row = chunk.vector?[...] ?? vectors[chunk.sha256] else {
                                throw CorpusError(
                                    .damaged, "The model returned no vector for a chunk of \(prepared.document.id).")
                            }
                            return row
                        }
                    try writer.write(
                        prepared, source: try ids[ExactText(source)] ?? writer.sourceID(source), vectors: rows)
                case .close(let row, let rejections, let refused):
                    let id = try ids[ExactText(row.name)] ?? writer.sourceID(row.name)
                    try writer.quarantine(rejections, root: row.root)
                    try writer.refuse(refused, of: row.name)
                    let removed = try writer.documents(of: id).filter { seen[ExactText($0.key)] != row.name }.map(\.id)
                    if removed.isEmpty {
                        try writer.complete(id, sha256: row.sha256)
                    } else {
                        leftovers.append(Removal(source: id, documents: removed, sha256: row.sha256))
                    }
                }
            }
            return leftovers
        }
        leftovers += left
        onProgress(progress(source: source, bytes: committedBytes + pendingSourceBytes, chunks: report.chunks))
    }

    func progress(source: String, bytes: Int, chunks: Int) -> IndexingProgress {
        IndexingProgress(
            documents: report.documents, chunks: chunks, embeddedTokens: report.embeddedTokens, bytes: bytes,
            totalBytes: totalBytes, source: source)
    }

    /// Sources are closed last, so that a document which moved from one to another has moved before the one it left
    /// is cleared of what is gone.
    private static func inWritingOrder(_ operations: [Operation]) -> [Operation] {
        func closes(_ operation: Operation) -> Bool { if case .close = operation { true } else { false } }
        return operations.filter { !closes($0) } + operations.filter(closes)
    }

    /// One transaction: all of `body` or nothing of it.
    @discardableResult
    mutating func write<Result>(
        _ body: (IndexWriter, inout IndexingReport) throws -> Result
    ) throws -> Result {
        let settings = index.settings
        let before = report
        let (after, result) = try translatingErrors(path: index.path) {
            try index.pool.write { db in
                var after = before
                let writer = try IndexWriter(db, settings: settings)
                let result = try body(writer, &after)
                try writer.finish()
                return (after, result)
            }
        }
        report = after
        return result
    }

    /// Notes a source that is there and cannot be read. What is stored of it stays, unless it grew too large.
    mutating func quarantineUnread(_ rejection: Rejection, of work: InputScan.Work) throws {
        report.quarantined.append(rejection)
        if let stored = work.stored {
            if rejection.reason == .tooLarge {
                gone.append(stored)
                report.sources.deleted += 1
            } else {
                report.quarantined += scan.faults[stored.name] ?? []
            }
        }
        guard applies else { return }
        let root = if case .file(let file, _) = work { file.root } else { nil as String? }
        try write { writer, _ in try writer.quarantine([rejection], root: root) }
    }

    /// Notes the new time of a file whose content is the same.
    private func touch(_ stored: StoredSource, as row: SourceRow) throws {
        try translatingErrors(path: index.path) {
            try index.pool.write { db in
                try db.execute(
                    sql: "UPDATE sources SET modified = ?, size = ?, root = ?, path = ? WHERE id = ?",
                    arguments: [row.modified, row.size, row.root, row.path, stored.id])
            }
        }
    }

    private func holdsDocuments(_ source: StoredSource) throws -> Bool {
        try translatingErrors(path: index.path) {
            try index.pool.read { db in
                try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM documents WHERE source = ?)", arguments: [source.id])
                    ?? false
            }
        }
    }

    private struct StoredDocument {
        var source: String
        var sha256: ContentHash?
        var sourceMap: Data
    }

    private func stored(_ key: String) throws -> StoredDocument? {
        try translatingErrors(path: index.path) {
            try index.pool.read { db in
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT sources.name, documents.sha256, documents.source_map
                        FROM documents JOIN sources ON sources.id = documents.source WHERE documents.key = ?
                        """)
                return try Row.fetchOne(statement, arguments: [key]).map {
                    StoredDocument(source: $0[0], sha256: ContentHash(bytes: $0[1] as Data), sourceMap: $0[2])
                }
            }
        }
    }
}
