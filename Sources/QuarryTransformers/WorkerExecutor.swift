import Dispatch
import Synchronization

/// Runs tasks on its own threads, so that long matrix products do not block the cooperative pool.
final class WorkerExecutor: TaskExecutor {
    private struct State {
        var pending: [UnownedJob] = []
        var running = 0
    }

    /// The maximum number of concurrent tasks of all callers.
    let workers: Int
    private let queue = DispatchQueue(label: "quarry.encoder", qos: .userInitiated, attributes: .concurrent)
    private let state = Mutex(State())

    init(workers: Int) {
        self.workers = max(1, workers)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isIdle = state.withLock { state in
            guard state.running < workers else {
                state.pending.append(job)
                return false
            }
            state.running += 1
            return true
        }
        if isIdle { queue.async { self.run(from: job) } }
    }

    /// Runs a job, then all waiting jobs, in order.
    private func run(from first: UnownedJob) {
        var next: UnownedJob? = first
        while let job = next {
            job.runSynchronously(on: asUnownedTaskExecutor())
            next = state.withLock { state in
                guard state.pending.isEmpty else { return state.pending.removeFirst() }
                state.running -= 1
                return nil
            }
        }
    }

    /// The results of `body` for 0 ..< count, in order, computed by all workers.
    ///
    /// Cancellation is checked before each call. The first error ends the others.
    /// - `onResult`: Called one at a time with each finished result, including results that were in progress when
    ///   another one failed. An error that it throws ends the work.
    func concurrentMap<Result: Sendable>(
        count: Int, onResult: (Int, Result) throws -> Void = { _, _ in },
        _ body: @escaping @Sendable (Int) throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (index: Int, result: Result).self) { group in
            for index in 0..<count {
                group.addTask(executorPreference: self) {
                    try Task.checkCancellation()
                    return (index, try body(index))
                }
            }
            var results: [(index: Int, result: Result)] = []
            var failure: (any Error)?
            while let next = await group.nextResult() {
                do {
                    let (index, result) = try next.get()
                    results.append((index, result))
                    try onResult(index, result)
                } catch {
                    failure = failure ?? error
                    group.cancelAll()
                }
            }
            if let failure { throw failure }
            return results.sorted { $0.index < $1.index }.map(\.result)
        }
    }
}
