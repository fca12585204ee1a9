import Foundation
import GRDB
public import QuarryCore
public import QuarryReaders
public import QuarryTransformers

/// Brings an index up to date with files and folders.
///
/// Every batch of documents is one transaction: whatever stops a run, what it had committed stays, and the next run
/// goes on from there. Files that did not change are not read; chunks whose text is already in the index are not
/// embedded again.
public struct Indexer: Sendable {
    public let index: CorpusIndex
    let embedder: (any Embedder)?
    let preparation: DocumentPreparation
    let readers: SourceReaders

    /// Chunks that are embedded and committed together: as many as keep the embedder busy. Without one, so many that
    /// the blocks of postings are not rewritten too often, and that little is lost with a run that is killed.
    var batchChunks: Int { embedder.map { max(128, $0.preferredCount) } ?? 1024 }

    /// - Parameters:
    ///   - embedder: The model the index was made with; nil for an index without vectors.
    ///   - counter: Counts tokens as the embedder does.
    ///   - readers: Models that read what is no text, such as ``RemoteTranscriber`` and ``ImageDescriber``. What they
    ///     read stays in the index when they are not given in a later run.
    /// - Throws: ``CorpusError`` when the embedder is not the one the index was made with.
    public init(
        _ index: CorpusIndex, embedder: (any Embedder)?, counter: any TokenCounter, readers: [any AsyncReader] = []
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
        self.readers = SourceReaders(external: readers)
        try index.settings.chunking.validate()
        preparation = DocumentPreparation(chunker: try index.settings.chunking.chunker(counter: counter))
    }

    /// An indexer with a local model, which counts its own tokens.
    public init(
        _ index: CorpusIndex, embedder: TransformerEmbedder, readers: [any AsyncReader] = []
    ) throws {
        try self.init(index, embedder: embedder, counter: embedder.tokenCounter, readers: readers)
    }

    /// What ``index(_:options:onProgress:)`` would do. Reads what changed; writes nothing.
    public func plan(_ inputs: [IndexInput], options: InputOptions = InputOptions()) async throws -> IndexingReport {
        try await run(inputs, options: options, applies: false) { _ in }
    }

    /// Indexes what is new or changed, and at the end removes what is gone from under the inputs.
    ///
    /// Folders keep the names that they were first indexed under; a second folder of the same name gets a longer one.
    /// Bad files are quarantined and named in the report; the run goes on.
    ///
    /// One run at a time works on an index, in whatever process: a second one waits for the first to end.
    /// - Parameters:
    ///   - onProgress: Called after every commit, and while a batch is embedded in parts.
    ///   - onWait: Called once where another run has to be waited for, with the number of its process if that can be
    ///     told.
    /// - Throws: ``CorpusError`` when an input does not exist or the index cannot be written; `CancellationError` when
    ///   the task is cancelled, with every batch that was committed in place.
    @discardableResult
    public func index(
        _ inputs: [IndexInput], options: InputOptions = InputOptions(),
        onProgress: @escaping @Sendable (IndexingProgress) -> Void = { _ in }, onWait: (Int32?) -> Void = { _ in }
    ) async throws -> IndexingReport {
        try await IndexingLock.whileHolding(index, onWait: onWait) {
            try await run(inputs, options: options, applies: true, onProgress: onProgress)
        }
    }

    private func run(
        _ inputs: [IndexInput], options: InputOptions, applies: Bool,
        onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws -> IndexingReport {
        let start = ContinuousClock.now
        let scan = try InputScan(inputs, options: options, index: index, readers: readers)
        var run = IndexingRun(indexer: self, scan: scan, applies: applies)
        let underWay = run.batches.underWay
        try await withTaskCancellationHandler {
            do {
                try run.begin()
                for work in scan.work { try await run.process(work, onProgress: onProgress) }
                try await run.process(external: scan.external, onProgress: onProgress)
                try await run.finish(onProgress: onProgress)
            } catch {
                await run.abandon()
                throw error
            }
        } onCancel: {
            underWay.cancel()
        }
        var report = run.report
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        if applies { try record(report) }
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
