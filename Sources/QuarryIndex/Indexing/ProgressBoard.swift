import Synchronization

/// The progress of both strokes of a run, reported to one listener, in order.
final class ProgressBoard: Sendable {
    private let progress = Mutex(IndexingProgress())
    private let onProgress: @Sendable (IndexingProgress) -> Void

    init(_ onProgress: @escaping @Sendable (IndexingProgress) -> Void) { self.onProgress = onProgress }

    func update(_ change: (inout IndexingProgress) -> Void) { progress.withLock { change(&$0) } }

    func tell(_ change: (inout IndexingProgress) -> Void) {
        progress.withLock { progress in
            change(&progress)
            onProgress(progress)
        }
    }
}
