import Foundation
import GRDB
public import QuarryChunking
public import QuarryCore
public import QuarryReaders
import QuarrySQLite
import Synchronization

/// Updates an index from files and folders, in two strokes.
///
/// The first stroke commits text, chunks and postings in batches: documents are then found by their words. The second
/// gives a vector to every chunk without one. If a run stops, its committed work stays and the next run continues.
/// Unchanged files are not read, and a text with a vector is not embedded again.
public struct Indexer: Sendable {
    public let index: CorpusIndex
    let embedder: (any Embedder)?
    private(set) var preparation: DocumentPreparation
    /// Cuts documents for a plan, which asks no model, and texts that the model refuses.
    let planningChunker: any Chunker
    /// Whether a model is asked where to cut.
    let chunkerAsksModel: Bool
    let readers: ReaderRegistry

    /// - `embedder`: The embedding model of the index; nil for an index without vectors.
    /// - `counter`: Counts tokens like the embedder.
    /// - `readers`: Readers by format. Text from a model stays in the index if a later run has no such model.
    /// - `chunkers`: Chunkers by strategy; the index names its strategy.
    /// - Throws: ``CorpusError`` if the embedder is not the one of the index.
    public init(
        _ index: CorpusIndex, embedder: (any Embedder)?, counter: any TokenCounter,
        readers: ReaderRegistry = ReaderRegistry(), chunkers: ChunkerRegistry = ChunkerRegistry()
    ) throws {
        if let embedder {
            try index.check(embedder)
        } else if let expected = index.settings.embedding {
            throw CorpusError(
                .otherModel,
                "\(index.path) was built with \(index.settings.modelName ?? expected.model). Use the same model to add documents."
            )
        }
        self.index = index
        self.embedder = embedder
        let chunking = index.settings.chunking
        self.readers = readers.cutting(by: chunking)
        preparation = DocumentPreparation(
            chunker: try chunking.chunker(chunkers, counter: counter, embedder: embedder))
        do {
            planningChunker = try chunking.chunker(chunkers, counter: counter, embedder: nil)
            chunkerAsksModel = false
        } catch let error as CorpusError where error.underlyingError is ChunkingError {
            planningChunker = try MarkdownChunker(length: chunking.length, counter: counter)
            chunkerAsksModel = true
        }
    }

    /// What ``index(_:options:selections:switches:recall:onProgress:onWait:)`` would do. It runs the same code with a writer
    /// that only counts.
    ///
    /// A plan asks no model. Where the chunker needs one, documents are cut by structure, and the chunks are an estimate.
    public func plan(
        _ inputs: [IndexInput], options: InputOptions = InputOptions(), selections: [String: InputOptions] = [:]
    ) async throws -> IndexingReport {
        let start = ContinuousClock.now
        let writer = PlanWriter(index: index)
        var planning = self
        planning.preparation.chunker = planningChunker
        var ingest = Ingest(
            indexer: planning,
            scan: try InputScan(inputs, options: options, selections: selections, index: index, readers: readers),
            writer: writer, progress: ProgressBoard { _ in }, isPlan: true)
        try await ingest.run()
        ingest.count(try await writer.missingTexts())
        ingest.report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return ingest.report
    }

    /// Indexes new and changed files of the inputs, then removes deleted ones.
    ///
    /// Folders keep their names from the first run. A second folder of the same name gets a longer name. Files that
    /// cannot be read are listed in the report, and the run continues.
    ///
    /// Only one run at a time works on an index, across all processes. A second run waits.
    /// - `selections`: The options of single paths, in place of `options`.
    /// - `switches`: Whether questions are answered from the generation of the index after the run, if every chunk has a
    ///   vector in it then. It matters only for a generation that is not live.
    /// - `recall`: The share of the true neighbours that a search by vectors is to find on average, above ½; 1 for all, which
    ///   is slow. It holds for the index from now on. The default is that of the last run, at first 0.99.
    /// - `onProgress`: Called after every commit of text or vectors, and while sources are read up to ten times a second,
    ///   one call at a time.
    /// - `onWait`: Called once if the run has to wait, with the process id of the other run; nil if unknown.
    /// - Throws: ``CorpusError`` if no input exists, the index cannot be written, or it replaces personal data that the
    ///   readers do not; `CancellationError`. Committed
    ///   batches stay. An error of the embedder ends the run after all text is committed.
    @discardableResult
    public func index(
        _ inputs: [IndexInput], options: InputOptions = InputOptions(), selections: [String: InputOptions] = [:],
        switches: Bool = true, recall: Double? = nil,
        onProgress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }, onWait: (Int32?) -> Void = { _ in }
    ) async throws -> IndexingReport {
        if let recall { try MeasuredRecall.check(wanted: recall) }
        return try await IndexingLock.whileHolding(index, onWait: onWait) {
            // Until now another process could make the file again, with other settings.
            try index.checkUnchanged()
            try index.checkRedaction(by: readers)
            let start = ContinuousClock.now
            let scan = try InputScan(
                inputs, options: options, selections: selections, index: index, readers: readers)
            try index.remember(scan.selections)
            try index.remember(scan.sites.options)
            if let recall { try await index.write { try MeasuredRecall.setWanted(recall, in: $0) } }
            let generation = try await index.beginGeneration()
            var report = try await run(scan, generation: generation, progress: ProgressBoard(onProgress))
            if let generation { try await index.measureRecall(of: generation) }
            if switches, !index.followsLive, let generation, try await index.switchIfComplete(generation) {
                report.switchedTo = generation
            }
            report.generations = try await index.generations()
            report.copies = try await index.read { try CopiedFile.all(limit: Self.listedCopies, in: $0) }
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            try record(report)
            report.unmergedBytes = try await index.mergeLog()
            return report
        }
    }

    /// Runs both strokes. They overlap, so that the model is never idle, and share only the file.
    private func run(
        _ scan: InputScan, generation: Int64?, progress: ProgressBoard
    ) async throws -> IndexingReport {
        let (commits, committed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isStopped = Mutex(false)
        let stroke = embedder.flatMap { embedder in
            generation.map { EmbedStroke(index: index, generation: $0, embedder: embedder, progress: progress) }
        }
        async let embedding = stroke?.run(after: commits, isStopped: { isStopped.withLock { $0 } })
        var ingest = Ingest(
            indexer: self, scan: scan, writer: FileWriter(index: index) { committed.yield() }, progress: progress,
            isPlan: false)
        do {
            try await ingest.run()
            committed.finish()
        } catch {
            // The current batch may be paid for, so it is committed unless the task was cancelled.
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

    /// The counts of a run, without the names of files.
    private struct RunCounts: Encodable {
        var sources: IndexingReport.Sources
        var documents, unchangedDocuments, deletedDocuments, chunks, embeddedChunks, embeddedTokens: Int
        var rejected, skipped, unread, warnings: Int
        var seconds: Double
    }

    private static let listedCopies = 10_000

    /// Stores the counts of a run. Its lists are not stored: they would keep the names of deleted files.
    private func record(_ report: IndexingReport) throws {
        var sources = report.sources
        (sources.unreadable, sources.unreadableInside) = ([:], [:])
        let counts = RunCounts(
            sources: sources, documents: report.documents, unchangedDocuments: report.unchangedDocuments,
            deletedDocuments: report.deletedDocuments, chunks: report.chunks, embeddedChunks: report.embeddedChunks,
            embeddedTokens: report.embeddedTokens, rejected: report.quarantined.reduce(0) { $0 + ($1.omitted ?? 1) },
            skipped: report.passedOver.count, unread: report.sources.unreadable.values.reduce(0, +),
            warnings: report.warnings.count, seconds: report.seconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(counts), as: UTF8.self)
        try index.checkPlace()
        try translatingErrors(path: index.path) {
            // Not a change of content: the revision stays.
            try index.pool.write { db in
                try RunTable.add(json, in: db)
                try LogTie.renew(in: db)
            }
        }
    }
}
