import Synchronization

/// Encodes any number of token sequences on several workers, with reused scratch memory.
final class BatchEncoder: Sendable {
    let encoder: Encoder
    let executor: WorkerExecutor
    /// The maximum number of tokens in a batch. Products of some hundred rows run at full speed, and their activations
    /// fit the second- and third-level caches.
    let batchTokens: Int
    private let maximumTokens: Int
    private let idle = Mutex<[EncoderScratch]>([])

    /// - `maximumTokens`: The length of the longest text.
    init(_ encoder: Encoder, maximumTokens: Int, workers: Int, batchTokens: Int = 512) {
        self.encoder = encoder
        self.maximumTokens = maximumTokens
        self.batchTokens = max(batchTokens, maximumTokens)
        executor = WorkerExecutor(workers: workers)
    }

    /// The unit vectors (hidden) of the token sequences, in order, in one buffer.
    ///
    /// Throws if a sequence is empty or too long, or an id is not in the vocabulary.
    /// - `onBatch`: Called one at a time with the finished vectors of each batch, in the order of its texts. An error
    ///   that it throws ends the work.
    func vectors(
        of texts: [[Int32]], onBatch: (TokenBatch, [Float]) throws -> Void = { _, _ in }
    ) async throws -> [Float] {
        let configuration = encoder.weights.configuration
        for ids in texts {
            guard 1...maximumTokens ~= ids.count else {
                throw TransformerError(
                    .invalidArgument, "A text has \(ids.count) tokens; the permitted range is 1 to \(maximumTokens).")
            }
            if let id = ids.first(where: { !(0..<Int32(configuration.vocabularySize)).contains($0) }) {
                throw TransformerError(
                    .malformed,
                    "The tokenizer returned the id \(id); the model has \(configuration.vocabularySize) word embeddings. "
                        + "The tokenizer and the weights are of different models.")
            }
        }
        let batches = TokenBatch.packed(
            lengths: texts.map(\.count), capacity: batchTokens, workers: executor.workers)
        let width = configuration.hiddenSize
        let parts = try await executor.concurrentMap(
            count: batches.count, onResult: { try onBatch(batches[$0], $1) },
            { [self] index in try encode(batches[index], of: texts) })
        var vectors = [Float](repeating: 0, count: texts.count * width)
        for (batch, part) in zip(batches, parts) {
            for (row, text) in batch.texts.enumerated() {
                vectors.replaceSubrange(
                    text * width..<(text + 1) * width, with: part[row * width..<(row + 1) * width])
            }
        }
        return vectors
    }

    private func encode(_ batch: TokenBatch, of texts: [[Int32]]) throws(TransformerError) -> [Float] {
        let configuration = encoder.weights.configuration
        let scratch =
            idle.withLock { $0.popLast() }
            ?? EncoderScratch(configuration, tokens: batchTokens, longest: maximumTokens)
        defer { idle.withLock { $0.append(scratch) } }
        var vectors = [Float](repeating: 0, count: batch.texts.count * configuration.hiddenSize)
        try encoder.encode(batch, of: texts, scratch: scratch, into: &vectors)
        return vectors
    }
}
