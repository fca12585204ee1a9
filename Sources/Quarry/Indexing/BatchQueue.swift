import QuarryCore
import QuarryReaders

/// Collects what is to be written into batches, and has one of them at a time embedded and committed while the next is
/// collected.
struct BatchQueue {
    /// What is collected before it is handed over, at the most.
    private static let maximumOperations = 4096

    let index: CorpusIndex
    let embedder: (any Embedder)?
    /// Chunks that are embedded and committed together.
    let batchChunks: Int
    /// Whether anything is written; a plan only counts.
    let applies: Bool

    private var operations: [IndexingBatch.Operation] = []
    private var chunks = 0
    /// Cancelled by whoever cancels the run.
    let underWay = BatchUnderWay()
    /// How far the run was when it handed over the last batch.
    private var handedOver: IndexingProgress?
    /// Texts that were counted as needing a vector: a plan meets them again.
    private var counted: Set<ContentHash> = []
    /// Texts that needed a new vector, and their tokens.
    private(set) var embedded = (chunks: 0, tokens: 0)
    /// Documents that are no longer in sources that stay.
    private(set) var leftovers: [IndexingRun.Removal] = []
    /// Why documents were left out whose text the model does not take, and how many chunks they have.
    private(set) var refused: (rejections: [Rejection], chunks: Int) = ([], 0)

    init(index: CorpusIndex, embedder: (any Embedder)?, batchChunks: Int, applies: Bool) {
        self.index = index
        self.embedder = embedder
        self.batchChunks = batchChunks
        self.applies = applies
    }

    /// Whether it is time to hand over.
    var isFull: Bool { chunks >= batchChunks || operations.count >= Self.maximumOperations }

    mutating func append(_ operation: IndexingBatch.Operation) {
        if case .write(let document, _) = operation { chunks += max(1, document.chunks.count) }
        operations.append(operation)
    }

    /// Has everything collected embedded and committed, and does not wait for it, but for the batch before: this one
    /// finds the vectors of texts that it brought.
    ///
    /// - Parameter progress: How far the run is once the batch is committed, without the tokens that are embedded.
    mutating func handOver(
        at progress: IndexingProgress, onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws {
        try await settle()
        guard !operations.isEmpty else { return }
        try Task.checkCancellation()
        var after = progress
        after.embeddedTokens = embedded.tokens
        var start = after
        (start.chunks, start.bytes) = (handedOver?.chunks ?? 0, handedOver?.bytes ?? 0)
        let batch = IndexingBatch(
            index: index, embedder: embedder, operations: operations, progress: (before: start, after: after))
        // Two enormous documents need not be in memory at once.
        let isLarge = chunks > 4 * batchChunks
        (operations, chunks, handedOver) = ([], 0, after)
        guard applies else { return count(try batch.plan()) }
        underWay.begin { try await batch.commit(onProgress: onProgress) }
        if isLarge { try await settle() }
    }

    /// Has everything collected embedded and committed.
    mutating func commit(
        at progress: IndexingProgress, onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws {
        try await handOver(at: progress, onProgress: onProgress)
        try await settle()
    }

    /// Ends the work when the task was cancelled or the batch under way has failed: what is still to be read is of no
    /// use then.
    mutating func check() async throws {
        try Task.checkCancellation()
        if underWay.hasFailed { try await settle() }
    }

    /// Ends the work after an error: the batch under way may be paid for, and is committed unless the task was
    /// cancelled.
    mutating func abandon() async { try? await settle() }

    /// Waits for the batch under way.
    private mutating func settle() async throws {
        if let outcome = try await underWay.outcome() { count(outcome) }
    }

    private mutating func count(_ outcome: IndexingBatch.Outcome) {
        leftovers += outcome.leftovers
        refused.rejections += outcome.refused.rejections
        refused.chunks += outcome.refused.chunks
        for (text, tokens) in outcome.embedded where counted.insert(text).inserted {
            embedded.chunks += 1
            embedded.tokens += tokens
        }
    }
}
