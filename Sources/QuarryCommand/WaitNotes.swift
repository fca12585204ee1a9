import QuarryProviders
import Synchronization

/// Prints the reason of a wait, so that a run does not seem to hang.
///
/// A terminal gets every reported wait. A pipe gets the waits of requests that wait 10 seconds or more in all. Parallel
/// requests wait together: a wait that ends within a second of the last one is not printed again.
final class WaitNotes: Sendable {
    /// The end of the last printed wait, by provider.
    private let shown = Mutex<[String: ContinuousClock.Instant]>([:])
    private let isTerminal = Console.standardErrorIsTerminal

    @Sendable func show(_ wait: RequestDelay) {
        guard isTerminal || wait.waited + wait.duration >= .seconds(10), isNew(wait) else { return }
        let duration = ProgressLine.duration(wait.duration / .seconds(1))
        let soFar = wait.waited > .zero ? " (\(ProgressLine.duration(wait.waited / .seconds(1))) so far)" : ""
        let line = "waiting \(duration) for \(wait.model)\(soFar): \(wait.reason)"
        // Replaces the progress line.
        if isTerminal { Console.status("") }
        Console.note(line)
    }

    private func isNew(_ wait: RequestDelay) -> Bool {
        let end = ContinuousClock.now + wait.duration
        let provider = String(wait.model.prefix { $0 != "/" })
        return shown.withLock { shown in
            if let last = shown[provider], end < last + .seconds(1) { return false }
            shown[provider] = end
            return true
        }
    }
}
