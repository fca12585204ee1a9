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

    /// What a head makes of each token sequence, in order.
    ///
    /// Throws if a sequence is empty or too long, or an id is not in the vocabulary.
    /// - `onBatch`: Called one at a time with the finished results of each batch, in the order of its texts. An error
    ///   that it throws ends the work.
    /// - `head`: Reads the vectors (length, hidden) of a sequence's tokens.
    func outputs<Output: Sendable>(
        of texts: [TokenSequence], onBatch: (TokenBatch, [Output]) throws -> Void = { _, _ in },
        head: @escaping @Sendable (_ tokens: UnsafePointer<Float>, _ length: Int) throws -> Output
    ) async throws -> [Output] {
        let configuration = encoder.weights.configuration
        for text in texts {
            guard 1...maximumTokens ~= text.ids.count else {
                throw TransformerError(
                    .invalidArgument,
                    "A text has \(text.ids.count) tokens; the permitted range is 1 to \(maximumTokens).")
            }
            if let id = text.ids.first(where: { !(0..<Int32(configuration.vocabularySize)).contains($0) }) {
                throw TransformerError(
                    .malformed,
                    "The tokenizer returned the id \(id); the model has \(configuration.vocabularySize) word embeddings. "
                        + "The tokenizer and the weights are of different models.")
            }
        }
        let batches = TokenBatch.packed(
            lengths: texts.map(\.ids.count), capacity: batchTokens, workers: executor.workers)
        let parts = try await executor.concurrentMap(
            count: batches.count, onResult: { try onBatch(batches[$0], $1) },
            { [self] index in try read(batches[index], of: texts, head) })
        var order = [(batch: Int, row: Int)](repeating: (0, 0), count: texts.count)
        for (index, batch) in batches.enumerated() {
            for (row, text) in batch.texts.enumerated() { order[text] = (index, row) }
        }
        return order.map { parts[$0.batch][$0.row] }
    }

    private func read<Output>(
        _ batch: TokenBatch, of texts: [TokenSequence], _ head: (UnsafePointer<Float>, Int) throws -> Output
    ) throws -> [Output] {
        let configuration = encoder.weights.configuration
        let scratch =
            idle.withLock { $0.popLast() }
            ?? EncoderScratch(configuration, tokens: batchTokens, longest: maximumTokens)
        defer { idle.withLock { $0.append(scratch) } }
        encoder.encode(batch, of: texts, scratch: scratch)
        var row = UnsafePointer(scratch.hidden)
        return try batch.texts.map { text in
            let length = texts[text].ids.count
            defer { row += length * configuration.hiddenSize }
            return try head(row, length)
        }
    }
}
