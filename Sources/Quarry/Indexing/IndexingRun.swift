import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarryText

/// One run of the indexer: reads sources one by one, and collects what changed into batches. While one batch is
/// embedded and committed, the next is read.
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

    /// What is to be removed of a source at the end of the run.
    struct Removal: Sendable {
        var source: Int64
        var documents: [Int64]
        /// Its digest, where the source stays.
        var sha256: ContentHash?
    }

    /// Documents that are removed in one transaction.
    static let batchRemovals = 2048
    /// Documents of a source that are looked up at once.
    private static let lookUp = 512

    private(set) var batches: BatchQueue
    /// Bytes of the sources that were read.
    var readBytes = 0
    private let totalBytes: Int
    /// The source that holds each document met in this run.
    var seen: [ExactText: String] = [:]
    /// Sources that are read in this run or gone: their documents may go elsewhere.
    private let reread: Set<String>
    /// Sources that are taken away at the end of the run.
    var gone: [StoredSource]
    /// Stored sources that were read.
    var closed: [Int64] = []
    init(indexer: Indexer, scan: InputScan, applies: Bool) {
        self.indexer = indexer
        self.scan = scan
        self.applies = applies
        batches = BatchQueue(
            index: indexer.index, embedder: indexer.embedder, batchChunks: indexer.batchChunks, applies: applies)
        let diff = scan.diff
        gone = diff.deleted
        let outdated =
            diff.changed.filter { !scan.touched.contains($0.file.id) }
            .flatMap { [$0.file.id, $0.stored.name] } + diff.deleted.map(\.name)
        // What is read only for documents that it was refused keeps those that it has.
        reread = Set((scan.work + scan.external).map(\.name)).subtracting(scan.rechecked)
            .subtracting(scan.touched).union(outdated)
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
    mutating func process(_ work: InputScan.Work, onProgress: @escaping @Sendable (IndexingProgress) -> Void)
        async throws
    {
        try await batches.check()
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
            readBytes += bytes.count
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
        _ content: ReadResult, of loaded: LoadedSource, onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws {
        var content = content
        if let reason = content.skipped, let stored = loaded.stored, !scan.emptySources.contains(stored.id) {
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
        _ row: SourceRow, content: ReadResult, onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws {
        var rejections = content.rejected
        var refused: [String] = []
        var keys: Set<ExactText> = []
        var known: [ExactText: StoredDocument] = [:]
        batches.append(.open(row))
        // A file of many documents is done as its documents are.
        var rest = row.size
        defer { readBytes += rest }
        for (number, document) in content.documents.enumerated() {
            let share = rest / (content.documents.count - number)
            readBytes += share
            rest -= share
            try await batches.check()
            if number % Self.lookUp == 0 {
                known = try stored(content.documents[number...].prefix(Self.lookUp).map(\.id))
            }
            let key = ExactText(document.id)
            let stored = known[key]
            if let holder = seen[key] ?? stored.flatMap({ reread.contains($0.source) ? nil : $0.source }),
                holder != row.name || seen[key] != nil
            {
                rejections.append(
                    Rejection(
                        source: row.name, line: document.sourceMap.firstLine, reason: .duplicateID,
                        message: "The document id “\(document.id)” is taken by \(holder). Give it another id."))
                if holder != row.name { refused.append(document.id) }
                continue
            }
            seen[key] = row.name
            keys.insert(key)
            let digest = indexer.preparation.digest(of: document)
            if let stored, stored.sha256 == digest {
                report.unchangedDocuments += 1
                let sourceMap = Data(SourceMapCodec.encode(document.sourceMap))
                if stored.source != row.name || stored.sourceMap != sourceMap {
                    batches.append(.relocate(key: document.id, sourceMap: sourceMap, source: row.name))
                }
            } else {
                try queue(document, digest: digest, source: row.name)
            }
            if batches.isFull { try await batches.handOver(at: progress(source: row.name), onProgress: onProgress) }
        }
        report.quarantined += rejections
        if let id = row.id { closed.append(id) }
        batches.append(.close(row, keys: keys, rejections: rejections, refused: refused))
        if batches.isFull { try await batches.handOver(at: progress(source: row.name), onProgress: onProgress) }
    }

    /// Cuts a document into chunks and queues them.
    private mutating func queue(_ document: Document, digest: ContentHash, source: String) throws {
        let prepared = try indexer.preparation.prepare(document, sha256: digest)
        report.documents += 1
        report.chunks += prepared.chunks.count
        batches.append(.write(prepared, source: source))
    }

    /// Commits what is left, and removes what is gone.
    mutating func finish(onProgress: @escaping @Sendable (IndexingProgress) -> Void) async throws {
        try await commit(source: (scan.external.last ?? scan.work.last)?.name ?? "", onProgress: onProgress)
        (report.embeddedChunks, report.embeddedTokens) = batches.embedded
        report.quarantined += batches.refused.rejections
        report.documents -= batches.refused.rejections.count
        report.chunks -= batches.refused.chunks
        guard applies else { return try countRemovals() }
        try removeWhatIsGone(and: batches.leftovers)
        try translatingErrors(path: index.path) { try index.pool.write { try PendingVectors.clear(in: $0) } }
    }

    /// Has everything that was read embedded and committed.
    mutating func commit(source: String, onProgress: @escaping @Sendable (IndexingProgress) -> Void) async throws {
        try await batches.commit(at: progress(source: source), onProgress: onProgress)
    }

    /// Ends the run after an error, once nothing is under way any more.
    mutating func abandon() async { await batches.abandon() }

    /// How far reading is.
    func progress(source: String) -> IndexingProgress {
        IndexingProgress(
            documents: report.documents, chunks: report.chunks, embeddedTokens: batches.embedded.tokens,
            bytes: readBytes, totalBytes: totalBytes, source: source)
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

    private struct StoredDocument {
        var source: String
        var sha256: ContentHash?
        var sourceMap: Data
    }

    /// What is stored of documents, by their keys.
    ///
    /// The batches of this run change none of it that is asked for, but for the names of their sources: they write
    /// documents that were ``seen``.
    private func stored(_ keys: [String]) throws -> [ExactText: StoredDocument] {
        try translatingErrors(path: index.path) {
            try index.pool.read { db in
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT sources.name, documents.sha256, documents.source_map
                        FROM documents JOIN sources ON sources.id = documents.source WHERE documents.key = ?
                        """)
                var documents: [ExactText: StoredDocument] = [:]
                for key in keys {
                    guard let row = try Row.fetchOne(statement, arguments: [key]) else { continue }
                    documents[ExactText(key)] = StoredDocument(
                        source: row[0], sha256: ContentHash(bytes: row[1] as Data), sourceMap: row[2])
                }
                return documents
            }
        }
    }
}
