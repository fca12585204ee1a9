import QuarryProviders
import Synchronization

/// Says on standard error what a run waits for, so that it does not look dead.
///
/// On a terminal every wait that is told is shown, in a pipe those of 10 seconds or more. Requests side by side wait for
/// the same: what ends within a second of a wait that was shown is not shown again.
final class WaitNotes: Sendable {
    /// When the last wait ends that was shown, by provider.
    private let shown = Mutex<[String: ContinuousClock.Instant]>([:])
    private let isTerminal = Console.standardErrorIsTerminal

    @Sendable func show(_ wait: RequestDelay) {
        guard isTerminal || wait.duration >= .seconds(10), isNew(wait) else { return }
        let duration = ProgressLine.duration(wait.duration / .seconds(1))
        let line = "waiting \(duration) for \(wait.model): \(wait.reason)"
        // On a terminal the line of progress stands there.
        Console.note(isTerminal ? "\r\u{1B}[K\(line)" : line)
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
