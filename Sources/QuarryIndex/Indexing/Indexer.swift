import Foundation
import GRDB
public import QuarryChunking
public import QuarryCore
public import QuarryReaders
import Synchronization

/// Brings an index up to date with files and folders, in two strokes.
///
/// The first stroke commits text, chunks and postings batch by batch: documents are found by their words. The second
/// gives a vector to every chunk that has none. Whatever stops a run, what it had committed stays, and the next run
/// continues from there. Files that did not change are not read; a text that has a vector is not embedded again.
public struct Indexer: Sendable {
    public let index: CorpusIndex
    let embedder: (any Embedder)?
    let preparation: DocumentPreparation
    let readers: ReaderRegistry

    /// - `embedder`: The model the index was made with; nil for an index without vectors.
    /// - `counter`: Counts tokens as the embedder does.
    /// - `readers`: Readers by format. What a model read stays in the index when a later run has no such model.
    /// - `chunkers`: Chunkers by strategy; the index names its strategy.
    /// - Throws: ``CorpusError`` when the embedder is not the one the index was made with.
    public init(
        _ index: CorpusIndex, embedder: (any Embedder)?, counter: any TokenCounter,
        readers: ReaderRegistry = ReaderRegistry(), chunkers: ChunkerRegistry = ChunkerRegistry()
    ) throws {
        if let embedder {
            try index.check(embedder)
        } else if let expected = index.settings.embedding {
            throw CorpusError(
                .otherModel,
                "\(index.path) was built with \(index.settings.modelName ?? expected.model). Add to it with the same model."
            )
        }
        self.index = index
        self.embedder = embedder
        self.readers = readers
        try index.settings.chunking.validate()
        let chunking = index.settings.chunking
        preparation = DocumentPreparation(
            chunker: try chunkers.chunker(chunking.strategy, length: chunking.length, counter: counter))
    }

    /// What ``index(_:options:onProgress:onWait:)`` would do: the same work with a writer that only counts.
    public func plan(_ inputs: [IndexInput], options: InputOptions = InputOptions()) async throws -> IndexingReport {
        let start = ContinuousClock.now
        let writer = PlanWriter(index: index)
        var ingest = Ingest(
            indexer: self, scan: try InputScan(inputs, options: options, index: index, readers: readers),
            writer: writer, progress: ProgressBoard { _ in }, isPlan: true)
        try await ingest.run()
        ingest.count(try await writer.missingTexts())
        ingest.report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return ingest.report
    }

    /// Indexes what is new or changed, and at the end removes what is gone from under the inputs.
    ///
    /// Folders keep the names that they were first indexed under; a second folder of the same name gets a longer one.
    /// Bad files are quarantined and named in the report; the run goes on.
    ///
    /// One run at a time works on an index, across all processes: a second one waits for the first to end.
    /// - `onProgress`: Called after every commit of text or vectors, one call at a time.
    /// - `onWait`: Called once if another run has to be waited for, with the number of its process if that is known.
    /// - Throws: ``CorpusError`` when an input does not exist or the index cannot be written; `CancellationError` when
    ///   the task is cancelled, with every batch that was committed in place. An embedder that fails ends the run after
    ///   all text is committed.
    @discardableResult
    public func index(
        _ inputs: [IndexInput], options: InputOptions = InputOptions(),
        onProgress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }, onWait: (Int32?) -> Void = { _ in }
    ) async throws -> IndexingReport {
        try await IndexingLock.whileHolding(index, onWait: onWait) {
            let start = ContinuousClock.now
            let scan = try InputScan(inputs, options: options, index: index, readers: readers)
            var report = try await run(scan, progress: ProgressBoard(onProgress))
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            try record(report)
            return report
        }
    }

    /// Both strokes. They overlap in time, so that the model is never idle, and share nothing but the file.
    private func run(_ scan: InputScan, progress: ProgressBoard) async throws -> IndexingReport {
        let (commits, committed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isStopped = Mutex(false)
        let stroke = embedder.map { EmbedStroke(index: index, embedder: $0, progress: progress) }
        async let embedding = stroke?.run(after: commits, isStopped: { isStopped.withLock { $0 } })
        var ingest = Ingest(
            indexer: self, scan: scan, writer: FileWriter(index: index) { committed.yield() }, progress: progress,
            isPlan: false)
        do {
            try await ingest.run()
            committed.finish()
        } catch {
            // The batch that is being embedded may be paid for: it is committed, unless the task was cancelled.
            isStopped.withLock { $0 = true }
            committed.finish()
            _ = try? await embedding
            throw error
        }
        var report = ingest.report
        if let outcome = try await embedding {
            (report.embeddedChunks, report.embeddedTokens) = (outcome.texts, outcome.tokens)
            report.warnings += outcome.refused
        }
        return report
    }

    private func record(_ report: IndexingReport) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(report), as: UTF8.self)
        try translatingErrors(path: index.path) {
            try index.pool.write { db in
                try db.execute(
                    sql: "INSERT INTO runs(finished, report) VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?)",
                    arguments: [json])
            }
        }
    }
}
