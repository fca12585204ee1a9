import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarrySQLite
import QuarryText

/// The first stroke of a run: reads new and changed sources, cuts them into chunks, and commits text, chunks and
/// postings in batches. A committed document is found by its words.
struct Ingest {
    let indexer: Indexer
    let scan: InputScan
    let writer: any ChangeWriter
    let progress: ProgressBoard
    /// Whether to write nothing and to use no model.
    let isPlan: Bool
    var report = IndexingReport()

    /// The number of documents to look up at once.
    private static let lookUp = 512
    /// The number of documents to remove in one transaction.
    private static let batchRemovals = 2048

    private var batch: IngestBatch
    /// The texts that a plan has counted, because they can occur again.
    private var counted: Set<ContentHash> = []
    /// The source that holds each document met in this run.
    private var seen: [ExactText: String] = [:]
    /// Sources that are read in this run or deleted. Their documents may move to another source.
    private let reread: Set<String>
    /// Sources that are removed at the end of the run.
    private var gone: [StoredSource]
    /// Stored sources that were read in this run, with their digests.
    private var closed: [(id: Int64, sha256: ContentHash)] = []

    init(indexer: Indexer, scan: InputScan, writer: any ChangeWriter, progress: ProgressBoard, isPlan: Bool) {
        self.indexer = indexer
        self.scan = scan
        self.writer = writer
        self.progress = progress
        self.isPlan = isPlan
        batch = IngestBatch(indexer)
        gone = scan.diff.deleted
        reread = scan.rereadSources
        scan.begin(&report)
    }

    private var index: CorpusIndex { indexer.index }
    private var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// - Throws: Fatal errors: the index cannot be written, a model fails for every source, `CancellationError`.
    ///   Committed work stays.
    mutating func run() async throws {
        progress.tell { $0.totalBytes = scan.totalBytes }
        // Removals come last, so that vectors of moved text can be reused.
        try await commit(scan.firstChanges)
        try await read(scan.work, width: 2 * processors, inOrder: true)
        try await commit()
        // Local work is committed before models are paid, and each paid result is committed at once.
        try await read(scan.modelWork, width: scan.modelConcurrency, inOrder: false)
        try await removeDeleted()
    }

    // MARK: Sources

    /// The time that other models get to finish after one has failed, because their work is paid for.
    private static let graceTime = Duration.seconds(60)

    /// Reads sources, at most `width` at a time, and collects the results.
    ///
    /// After a failure no new reads start; those in flight get up to 60 s.
    /// - `inOrder`: Whether to collect sources in the order of `works`, which makes chunk ids repeatable.
    ///   Otherwise each source is committed separately when it is ready.
    private mutating func read(_ works: [InputScan.Work], width: Int, inOrder: Bool) async throws {
        guard !works.isEmpty else { return }
        let reading = SourceReading(
            readers: indexer.readers, maximumBytes: scan.maximumFileBytes, rechecked: scan.rechecked,
            empty: scan.emptySources, isPlan: isPlan)
        var failure: (any Error)?
        var ready: [Int: SourceReading.Outcome] = [:]
        var (begun, taken, inFlight) = (0, 0, 0)
        try await withThrowingTaskGroup(of: (number: Int, outcome: SourceReading.Outcome)?.self) { group in
            while true {
                // Results that wait for their turn also count, because they are in memory.
                while failure == nil, begun < works.count, inFlight + ready.count < max(1, width) {
                    let (number, work) = (begun, works[begun])
                    (begun, inFlight) = (begun + 1, inFlight + 1)
                    if !inOrder { progress.tell { $0.source = work.name } }
                    group.addTask { (number, await reading.outcome(of: work)) }
                }
                guard inFlight > 0, let event = try await group.next() else { break }
                guard let (number, outcome) = event else {
                    group.cancelAll()
                    continue
                }
                inFlight -= 1
                if case .failed(let error) = outcome {
                    guard failure == nil else { continue }
                    failure = error
                    group.addTask {
                        try? await Task.sleep(for: Self.graceTime)
                        return nil
                    }
                } else if inOrder {
                    ready[number] = outcome
                    while failure == nil, let next = ready.removeValue(forKey: taken) {
                        try await take(next, of: works[taken])
                        taken += 1
                    }
                } else {
                    try await take(outcome, of: works[number])
                    try await commit()
                }
            }
            group.cancelAll()
        }
        guard let failure else { return }
        if !(failure is CancellationError) { try await commit() }
        throw failure
    }

    private mutating func take(_ outcome: SourceReading.Outcome, of work: InputScan.Work) async throws {
        try Task.checkCancellation()
        switch outcome {
        case .unreadable(let rejection): quarantineUnread(rejection, of: work)
        case .same(let row):
            if let stored = work.stored { scan.add(unchanged: stored, as: row.name, to: &report) }
            report.quarantined += scan.faults[row.name] ?? []
            if let id = row.id { batch.append(.touch(id, row)) }
        case .planned(let row, let modelWork):
            count(work, row)
            note(row)
            if let (model, more) = modelWork {
                report.modelReads.work[model] = report.modelReads.work[model].map { $0 + more } ?? more
            }
        case .unreadByModel(let rejection): quarantineUnread(rejection, of: work)
        case .read(let row, let result, let byModel):
            if byModel { note(row) }
            try await take(result, of: work, row)
            return
        case .failed: break
        }
        progress.update { $0.bytes += work.byteCount }
    }

    /// Counts a source that a model read.
    private mutating func note(_ row: SourceRow) {
        report.modelReads.files += 1
        report.modelReads.bytes += row.size
    }

    private mutating func count(_ work: InputScan.Work, _ row: SourceRow) {
        if let stored = work.stored {
            if stored.holds(row) { report.sources.unchanged += 1 } else { report.sources.changed += 1 }
        } else {
            report.sources.new += 1
        }
    }

    /// Counts a source that was read, and collects its documents.
    private mutating func take(_ result: ReadResult, of work: InputScan.Work, _ row: SourceRow) async throws {
        var result = result
        if let reason = result.skipped, let stored = work.stored, !scan.emptySources.contains(stored.id) {
            // A text file that is now binary is probably damaged, so it is reported.
            result.skipped = nil
            result.rejected.append(
                Rejection(
                    source: reason.source, reason: reason.reason,
                    message: reason.message
                        + " It was text when it was last indexed. That text is removed from the index."))
        }
        for part in result.leftOut { report.add(leftOut: part, of: row.name) }
        report.warnings += RejectedRecords(result.warnings, of: row.name).all
        // One of which nothing can be used is counted apart.
        if try await collect(row, result) { count(work, row) }
    }

    /// Quarantines a source that cannot be read. Its stored text stays, unless the file is now too large.
    private mutating func quarantineUnread(_ rejection: Rejection, of work: InputScan.Work) {
        report.quarantined.append(rejection)
        if let stored = work.stored {
            if rejection.reason == .tooLarge {
                gone.append(stored)
                report.sources.leftOut += 1
            } else {
                report.quarantined += scan.faults[stored.name] ?? []
            }
        }
        let root = if case .file(let file, _) = work { file.root } else { nil as String? }
        batch.append(.quarantine(rejection, root: root))
    }

    // MARK: Documents

    /// Collects the documents of a source that are new or changed.
    ///
    /// - Returns: Whether the source has a document in the index.
    private mutating func collect(_ row: SourceRow, _ result: ReadResult) async throws -> Bool {
        var rejected = RejectedRecords(result.rejected, of: row.name)
        var refused: [String] = []
        var keys: Set<ExactText> = []
        var known: [ExactText: DocumentState] = [:]
        let language = indexer.preparation.language(of: result.documents)
        batch.append(.open(row))
        progress.tellSometimes { $0.source = row.name }
        // The progress of a file with many documents follows its documents.
        var rest = row.size
        for (number, document) in result.documents.enumerated() {
            let share = rest / (result.documents.count - number)
            rest -= share
            progress.update { $0.bytes += share }
            if number % Self.lookUp == 0 {
                try Task.checkCancellation()
                // Commits of this run do not change it, because a run writes only documents that were ``seen``.
                known = try await index.documentStates(
                    of: result.documents[number...].prefix(Self.lookUp).map(\.id))
            }
            let key = ExactText(document.id)
            let stored = known[key]
            if let holder = seen[key] ?? stored.flatMap({ reread.contains($0.source) ? nil : $0.source }),
                holder != row.name || seen[key] != nil
            {
                rejected.append(
                    Rejection(
                        source: row.name, line: document.sourceMap.firstLine, reason: .duplicateID,
                        message: "The document id “\(document.id)” already belongs to \(holder). Use another id."))
                if holder != row.name { refused.append(document.id) }
                continue
            }
            if let fault = try DocumentPreparation.metadataFault(of: document) {
                rejected.append(
                    Rejection(
                        source: row.name, line: document.sourceMap.firstLine, reason: .tooLarge, message: fault))
                continue
            }
            seen[key] = row.name
            keys.insert(key)
            let digest = DocumentPreparation.digest(of: document, cut: indexer.readers.cutting)
            if let stored, stored.sha256 == digest {
                report.unchangedDocuments += 1
                let sourceMap = Data(SourceMapCodec.encode(document.sourceMap))
                if stored.source != row.name || stored.sourceMap != sourceMap {
                    batch.append(.relocate(key: document.id, sourceMap: sourceMap, source: row.name))
                }
            } else {
                batch.append(document, sha256: digest, source: row.name, language: language)
            }
            if batch.isFull { try await commit(source: row.name) }
        }
        progress.update { $0.bytes += rest }
        let rejections = rejected.all
        report.quarantined += rejections
        if let id = row.id { closed.append((id, row.sha256)) }
        batch.append(
            .close(
                row, keys: keys, rejections: rejections, refused: refused,
                unread: result.leftOut.map { UnreadPart($0, of: row.name) },
                warnings: Dictionary(result.warnings.map { ($0.reason, $0.omitted ?? 1) }, uniquingKeysWith: +)))
        if batch.isFull { try await commit(source: row.name) }
        return !keys.isEmpty
    }

    // MARK: Commits

    /// Cuts and analyses the collected documents on all processors, and commits everything.
    private mutating func commit(source: String? = nil) async throws {
        guard !batch.isEmpty else { return }
        let (changes, refusals) = try await batch.prepared(width: processors)
        batch = IngestBatch(indexer)
        report.warnings += refusals
        try await commit(changes)
        // The time of the commit does not count.
        batch.begin()
        progress.tell { progress in
            (progress.documents, progress.chunks) = (report.documents, report.chunks)
            if let source { progress.source = source }
        }
    }

    private mutating func commit(_ changes: [IndexChange]) async throws {
        try Task.checkCancellation()
        count(try await writer.apply(changes))
        for case .write(let prepared, _) in changes {
            report.documents += 1
            report.chunks += prepared.chunks.count
        }
        for case .removeDocument in changes { report.deletedDocuments += 1 }
    }

    /// Counts texts that would be embedded.
    mutating func count(_ texts: [ContentHash: Int]) {
        for (text, tokens) in texts where counted.insert(text).inserted {
            report.embeddedChunks += 1
            report.embeddedTokens += tokens
        }
    }

    /// Removes deleted sources, and documents that are no longer in their source, in transactions of bounded size.
    private mutating func removeDeleted() async throws {
        let (gone, closed, seen) = (gone, closed, seen)
        let removals = try await index.read { db in
            var changes: [IndexChange] = gone.map { .reopen($0.id) }
            for source in gone.map(\.id) + closed.map(\.id) {
                let rows = try Row.fetchCursor(
                    db, sql: "SELECT id, key FROM documents WHERE source = ? ORDER BY id", arguments: [source])
                while let row = try rows.next().map({ StoredRow($0, of: "documents") }) {
                    guard seen[ExactText(try row.text(1))] == nil else { continue }
                    changes.append(.removeDocument(try row.integer(0), of: source))
                }
            }
            return changes
        }
        let ends: [IndexChange] =
            gone.map { .removeSource($0.id) } + closed.map { .complete($0.id, sha256: $0.sha256) }
        let changes = removals + ends + [.forgetRetiredVectors]
        for start in stride(from: 0, to: changes.count, by: Self.batchRemovals) {
            try await commit(Array(changes[start..<min(start + Self.batchRemovals, changes.count)]))
        }
    }
}

extension StoredSource {
    /// Whether a source has the same bytes, reader and name as before.
    func holds(_ row: SourceRow) -> Bool { sha256 == row.sha256 && reader == row.reader && name == row.name }
}
