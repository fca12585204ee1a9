import Synchronization

/// The batch that is embedded and committed while the next is collected: a place for one at a time.
final class BatchUnderWay: Sendable {
    private struct State {
        var task: Task<IndexingBatch.Outcome, any Error>?
        var hasFailed = false
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Whether the batch has ended with an error that nobody was told of yet.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// Begins with a batch. The one before it has been waited for.
    func begin(_ work: @escaping @Sendable () async throws -> IndexingBatch.Outcome) {
        state.withLock { state in
            let task = Task {
                do {
                    return try await work()
                } catch {
                    self.state.withLock { $0.hasFailed = true }
                    throw error
                }
            }
            state.task = task
            if state.isCancelled { task.cancel() }
        }
    }

    /// Waits for the batch, if there is one.
    func outcome() async throws -> IndexingBatch.Outcome? {
        guard let task = state.withLock({ $0.task }) else { return nil }
        let result = await task.result
        state.withLock { ($0.task, $0.hasFailed) = (nil, false) }
        return try result.get()
    }

    /// Cancels the batch, and those to come.
    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
