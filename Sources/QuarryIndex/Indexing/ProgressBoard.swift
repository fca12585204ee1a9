import Synchronization

/// The progress of both strokes of a run, reported to one listener, in order.
final class ProgressBoard: Sendable {
    private struct State {
        var progress = IndexingProgress()
        var lastTold = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let onProgress: @Sendable (IndexingProgress) -> Void

    init(_ onProgress: @escaping @Sendable (IndexingProgress) -> Void) { self.onProgress = onProgress }

    func update(_ change: (inout IndexingProgress) -> Void) { state.withLock { change(&$0.progress) } }

    func tell(_ change: (inout IndexingProgress) -> Void) {
        state.withLock { state in
            change(&state.progress)
            state.lastTold = .now
            onProgress(state.progress)
        }
    }

    /// Changes the progress, and tells of it if nothing was told for a tenth of a second.
    func tellSometimes(_ change: (inout IndexingProgress) -> Void) {
        state.withLock { state in
            change(&state.progress)
            guard state.lastTold.duration(to: .now) >= .milliseconds(100) else { return }
            state.lastTold = .now
            onProgress(state.progress)
        }
    }
}
