import QuarryHTTP
import Synchronization

/// A clock that jumps ahead instead of sleeping.
final class VirtualTime: Sendable {
    private let elapsed = Mutex(Duration.zero)
    private let random: Double

    /// - Parameter random: The constant result of the clock's random numbers.
    init(random: Double = 0) { self.random = random }

    var now: Duration { elapsed.withLock { $0 } }

    func advance(by duration: Duration) { elapsed.withLock { $0 += duration } }

    /// Seconds since 1970 at its start: 2026-11-22T05:00:00Z.
    static let start = 1_795_323_600.0

    var clock: TimeSource {
        TimeSource(
            now: { self.now },
            date: { Self.start + Double(self.now.components.seconds) },
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(by: duration)
                await Task.yield()
            },
            random: { self.random })
    }
}
