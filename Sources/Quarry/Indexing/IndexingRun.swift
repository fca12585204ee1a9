import Foundation
import GRDB
import QuarryCore
import QuarryReaders

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
            for source in diff.deleted { report.deletedDocuments += try writer.removeSource(source.id) }
            for change in diff.moved { try writer.move(change.stored, to: change.file) }
            let unchanged = Set(diff.unchanged.map(\.name)).union(diff.moved.map(\.file.id)).union(scan.hidden)
            report.quarantined += try writer.renewQuarantine(under: scan.roots, keeping: unchanged)
            try writer.quarantine(scan.rejected, root: nil)
        }
    }

    /// Reads one source and queues what changed of it.
    mutating func process(_ work: InputScan.Work, onProgress: (IndexingProgress) -> Void) async throws {
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
        _ row: SourceRow, content: ReadResult, onProgress: (IndexingProgress) -> Void
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
            let fresh = prepared.chunks.filter { $0.vector == nil }
            report.embeddedChunks += indexer.embedder == nil ? 0 : fresh.count
            report.embeddedTokens += indexer.embedder == nil ? 0 : fresh.reduce(0) { $0 + $1.chunk.tokenCount }
            pendingChunks += max(1, prepared.chunks.count)
            pending.append(.write(prepared, source: row.name))
            if pendingChunks >= Indexer.batchChunks { try await flush(source: row.name, onProgress: onProgress) }
        }
        report.quarantined += rejections
        pending.append(.close(row, keys: keys, rejections: rejections))
    }

    /// Commits what is left.
    mutating func finish(onProgress: (IndexingProgress) -> Void) async throws {
        try await flush(source: scan.work.last?.name ?? "", onProgress: onProgress)
    }

    /// Embeds the queued chunks that have no vector yet, then commits everything queued.
    private mutating func flush(source: String, onProgress: (IndexingProgress) -> Void) async throws {
        let operations = pending
        pending = []
        pendingChunks = 0
        defer {
            committedBytes += pendingSourceBytes
            pendingSourceBytes = 0
        }
        guard applies, !operations.isEmpty else { return }
        try Task.checkCancellation()

        let texts = operations.flatMap { operation in
            if case .write(let prepared, _) = operation {
                prepared.chunks.filter { $0.vector == nil }.map(\.chunk.contextualText)
            } else {
                [String]()
            }
        }
        let embedded = texts.isEmpty ? nil : try await indexer.embedder?.embed(texts, as: .passage)
        let hasVectors = indexer.embedder != nil
        try write { writer, report in
            var next = 0
            var ids: [String: Int64] = [:]
            for operation in Self.inWritingOrder(operations) {
                switch operation {
                case .open(let row):
                    ids[row.name] = try writer.upsertSource(row)
                case .relocate(let document, let source):
                    try writer.relocate(document, source: try ids[source] ?? writer.sourceID(source))
                case .write(let prepared, let source):
                    var vectors: [ArraySlice<Float>]?
                    if hasVectors {
                        vectors = try prepared.chunks.map { chunk in
                            if let vector = chunk.vector { return vector[...] }
                            guard let embedded, next < embedded.count else {
                                throw CorpusError(
                                    .damaged,
                                    "The model returned \(embedded?.count ?? 0) vectors for \(texts.count) texts.")
                            }
                            next += 1
                            return embedded[next - 1]
                        }
                    }
                    try writer.write(prepared, source: try ids[source] ?? writer.sourceID(source), vectors: vectors)
                case .close(let row, let keys, let rejections):
                    let id = try ids[row.name] ?? writer.sourceID(row.name)
                    report.deletedDocuments += try writer.removeDocuments(of: id, except: keys)
                    try writer.quarantine(rejections, root: row.root)
                    try writer.complete(id, sha256: row.sha256)
                }
            }
        }
        onProgress(
            IndexingProgress(
                documents: report.documents, chunks: report.chunks, embeddedTokens: report.embeddedTokens,
                bytes: committedBytes + pendingSourceBytes, totalBytes: totalBytes, source: source))
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
        let vectors = try index.pool.read { db in
            let generation = try SettingsTable.integer(SettingsTable.generation, in: db) ?? 1
            return try digests.map { try EngineTables.vector(ofText: $0, generation: generation, in: db) }
        }
        for (position, vector) in vectors.enumerated() { prepared.chunks[position].vector = vector }
    }
}
