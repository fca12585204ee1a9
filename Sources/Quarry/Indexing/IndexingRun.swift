import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import Synchronization

/// One run of the indexer: reads sources one by one, collects what changed into batches, and commits each batch with
/// its vectors and postings in one transaction.
struct IndexingRun {
    let indexer: Indexer
    let scan: InputScan
    let applies: Bool
    var report = IndexingReport()

    /// A source as it will stand in the index.
    struct SourceRow: Sendable {
        var name: String
        var root: String?
        var path: String?
        var size: Int
        var modified: Int64
        var sha256: ContentHash
    }

    private enum Operation: Sendable {
        case open(SourceRow)
        case write(PreparedDocument, source: String)
        case relocate(Document, source: String)
        /// The source is complete: documents other than these are gone from it.
        case close(SourceRow, keys: Set<String>, rejections: [Rejection])
    }

    private var pending: [Operation] = []
    private var pendingChunks = 0
    private var pendingSourceBytes = 0
    private var committedBytes = 0
    private let totalBytes: Int
    /// The source that holds each document met in this run.
    private var seen: [String: String] = [:]
    /// Sources that are read in this run: their documents may go elsewhere.
    private let reread: Set<String>
    /// Texts that were counted as needing a vector.
    private var counted: Set<ContentHash> = []

    init(indexer: Indexer, scan: InputScan, applies: Bool) {
        self.indexer = indexer
        self.scan = scan
        self.applies = applies
        reread = Set(scan.work.map(\.name)).union(scan.diff.changed.map(\.stored.name))
        totalBytes = scan.work.reduce(0) { $0 + $1.byteCount }
        report.sources.unchanged = scan.diff.unchanged.count - scan.passedOver.count
        report.sources.skipped = scan.skipped + scan.passedOver.count
        report.passedOver = scan.passedOver
        report.sources.moved = scan.diff.moved.count
        report.sources.deleted = scan.diff.deleted.count
        report.quarantined = scan.rejected
    }

    private var index: CorpusIndex { indexer.index }

    /// Takes away what is gone, renames what moved, and forgets the quarantine of everything that is looked at anew.
    mutating func removeAndMove() throws {
        let scan = scan
        let diff = scan.diff
        guard applies else {
            report.deletedDocuments = try index.pool.read { db in
                try diff.deleted.reduce(0) { sum, source in
                    try sum
                        + (Int.fetchOne(
                            db, sql: "SELECT count(*) FROM documents WHERE source = ?", arguments: [source.id]) ?? 0)
                }
            }
            return
        }
        try write { writer, report in
            try PendingVectors.create(in: writer.db)
            for source in diff.deleted { report.deletedDocuments += try writer.removeSource(source.id) }
            for change in diff.moved { try writer.move(change.stored, to: change.file) }
            let unchanged = Set(diff.unchanged.map(\.name)).union(diff.moved.map(\.file.id)).union(scan.hidden)
            report.quarantined += try writer.renewQuarantine(under: scan.roots, keeping: unchanged)
            try writer.quarantine(scan.rejected, root: nil)
        }
    }

    /// Reads one source and queues what changed of it.
    mutating func process(_ work: InputScan.Work, onProgress: @Sendable (IndexingProgress) -> Void) async throws {
        let bytes: [UInt8]
        let row: SourceRow
        let stored: StoredSource?
        switch work {
        case .bytes(let given, let name, let known):
            bytes = given
            stored = known
            row = SourceRow(name: name, size: given.count, modified: 0, sha256: ContentHash(of: given))
        case .file(let file, let known):
            stored = known
            do {
                bytes = try file.load(maximumBytes: scan.maximumFileBytes).bytes
            } catch {
                try quarantineUnread(error, name: file.id)
                return
            }
            row = SourceRow(
                name: file.id, root: file.root, path: file.path, size: bytes.count, modified: file.modificationTime,
                sha256: ContentHash(of: bytes))
        }
        pendingSourceBytes += bytes.count
        if let stored, stored.sha256 == row.sha256, stored.reader == Indexer.readerVersion, stored.name == row.name {
            report.sources.unchanged += 1
            if applies { try touch(stored, as: row) }
            return
        }
        let isExplicit = if case .file(let file, _) = work { file.isExplicit } else { true }
        let content = try indexer.readers.read(Source(id: row.name, bytes: bytes, isExplicit: isExplicit))
        if let reason = content.skipped {
            report.sources.skipped += 1
            report.passedOver.append(reason)
        } else if stored == nil {
            report.sources.new += 1
        } else {
            report.sources.changed += 1
        }
        report.warnings += content.warnings
        try await queue(row, content: content, onProgress: onProgress)
    }

    /// Queues the documents of a source that are new or changed.
    private mutating func queue(
        _ row: SourceRow, content: ReadResult, onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws {
        var rejections = content.rejected
        var keys: Set<String> = []
        pending.append(.open(row))
        for document in content.documents {
            let stored = try stored(document.id)
            if let holder = seen[document.id] ?? stored.flatMap({ reread.contains($0.source) ? nil : $0.source }),
                holder != row.name || seen[document.id] != nil
            {
                rejections.append(
                    Rejection(
                        source: row.name, line: document.sourceMap.firstLine, reason: .duplicateID,
                        message: "The document id “\(document.id)” is taken by \(holder). Give it another id."))
                continue
            }
            seen[document.id] = row.name
            keys.insert(document.id)
            let digest = indexer.preparation.digest(of: document)
            if stored?.sha256 == digest {
                report.unchangedDocuments += 1
                pending.append(.relocate(document, source: row.name))
                continue
            }
            var prepared = indexer.preparation.prepare(document, sha256: digest)
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
            pending.append(.write(prepared, source: row.name))
            if pendingChunks >= indexer.batchChunks { try await flush(source: row.name, onProgress: onProgress) }
        }
        report.quarantined += rejections
        pending.append(.close(row, keys: keys, rejections: rejections))
    }

    /// Commits what is left.
    mutating func finish(onProgress: @Sendable (IndexingProgress) -> Void) async throws {
        try await flush(source: scan.work.last?.name ?? "", onProgress: onProgress)
        guard applies else { return }
        try translatingErrors(path: index.path) { try index.pool.write { try PendingVectors.clear(in: $0) } }
    }

    /// Embeds the queued chunks that have no vector yet, then commits everything queued.
    private mutating func flush(source: String, onProgress: @Sendable (IndexingProgress) -> Void) async throws {
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
        try write { writer, report in
            var ids: [String: Int64] = [:]
            for operation in Self.inWritingOrder(operations) {
                switch operation {
                case .open(let row):
                    ids[row.name] = try writer.upsertSource(row)
                case .relocate(let document, let source):
                    try writer.relocate(document, source: try ids[source] ?? writer.sourceID(source))
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
                    try writer.write(prepared, source: try ids[source] ?? writer.sourceID(source), vectors: rows)
                case .close(let row, let keys, let rejections):
                    let id = try ids[row.name] ?? writer.sourceID(row.name)
                    report.deletedDocuments += try writer.removeDocuments(of: id, except: keys)
                    try writer.quarantine(rejections, root: row.root)
                    try writer.complete(id, sha256: row.sha256)
                }
            }
        }
        onProgress(progress(source: source, bytes: committedBytes + pendingSourceBytes, chunks: report.chunks))
    }

    private func progress(source: String, bytes: Int, chunks: Int) -> IndexingProgress {
        IndexingProgress(
            documents: report.documents, chunks: chunks, embeddedTokens: report.embeddedTokens, bytes: bytes,
            totalBytes: totalBytes, source: source)
    }

    /// The vectors of the queued texts that have none yet, each text embedded once.
    ///
    /// What an embedder tells of before it is done is kept at once, so that a run which is cut off loses none of it.
    private func embed(
        _ operations: [Operation], source: String, onProgress: @Sendable (IndexingProgress) -> Void
    ) async throws -> [ContentHash: ArraySlice<Float>] {
        guard let embedder = indexer.embedder else { return [:] }
        var digests: [ContentHash] = []
        var texts: [String] = []
        var met: Set<ContentHash> = []
        for case .write(let prepared, _) in operations {
            for chunk in prepared.chunks where chunk.vector == nil && met.insert(chunk.sha256).inserted {
                digests.append(chunk.sha256)
                texts.append(chunk.chunk.contextualText)
            }
        }
        guard !texts.isEmpty else { return [:] }
        let before = report.chunks - texts.count
        let start = (committed: committedBytes, queued: pendingSourceBytes, count: texts.count)
        let done = Mutex(0)
        let known = (digests: digests, index: index)
        let batch = try await embedder.embed(texts, as: .passage) { part in
            guard part.positions.count < start.count else { return }
            try translatingErrors(path: known.index.path) {
                try known.index.pool.write { db in
                    try PendingVectors.insert(
                        part.vectors, of: part.positions.map { known.digests[$0] },
                        generation: SettingsTable.integer(SettingsTable.generation, in: db) ?? 1, in: db)
                }
            }
            let finished = done.withLock { done in
                done += part.positions.count
                return done
            }
            onProgress(
                progress(
                    source: source, bytes: start.committed + start.queued * finished / start.count,
                    chunks: max(0, before) + finished))
        }
        guard batch.count == texts.count else {
            throw CorpusError(.damaged, "The model returned \(batch.count) vectors for \(texts.count) texts.")
        }
        return Dictionary(uniqueKeysWithValues: digests.enumerated().map { ($1, batch[$0]) })
    }

    /// Sources are closed last, so that a document which moved from one to another has moved before the one it left
    /// is cleared of what is gone.
    private static func inWritingOrder(_ operations: [Operation]) -> [Operation] {
        func closes(_ operation: Operation) -> Bool { if case .close = operation { true } else { false } }
        return operations.filter { !closes($0) } + operations.filter(closes)
    }

    /// One transaction: all of `body` or nothing of it.
    private mutating func write(_ body: (IndexWriter, inout IndexingReport) throws -> Void) throws {
        let settings = index.settings
        let before = report
        report = try translatingErrors(path: index.path) {
            try index.pool.write { db in
                var after = before
                let writer = try IndexWriter(db, settings: settings)
                try body(writer, &after)
                try writer.finish()
                return after
            }
        }
    }

    private mutating func quarantineUnread(_ rejection: Rejection, name: String) throws {
        report.quarantined.append(rejection)
        guard applies else { return }
        try write { writer, _ in try writer.quarantine([rejection], root: nil) }
    }

    /// Notes the new time of a file whose content is the same.
    private mutating func touch(_ stored: StoredSource, as row: SourceRow) throws {
        let path = index.path
        try translatingErrors(path: path) {
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
    }

    private func stored(_ key: String) throws -> StoredDocument? {
        try index.pool.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT sources.name, documents.sha256 FROM documents JOIN sources ON sources.id = documents.source
                    WHERE documents.key = ?
                    """, arguments: [key]
            ).map { StoredDocument(source: $0[0], sha256: ContentHash(bytes: $0[1] as Data)) }
        }
    }

    /// Gives chunks whose text the index already knows the vector it has for it.
    private func reuseVectors(in prepared: inout PreparedDocument) throws {
        let digests = prepared.chunks.map(\.sha256)
        let dimension = index.settings.embedding?.dimension ?? 0
        let vectors = try index.pool.read { db -> [[Float]?] in
            let generation = try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1
            let pendingExist = try PendingVectors.exist(in: db)
            return try digests.map { digest in
                if let vector = try EngineTables.vector(ofText: digest, generation: generation, in: db) {
                    return vector
                }
                return pendingExist
                    ? try PendingVectors.vector(of: digest, generation: generation, dimension: dimension, in: db) : nil
            }
        }
        for (position, vector) in vectors.enumerated() { prepared.chunks[position].vector = vector }
    }
}
