import Foundation

/// The time, and the patience to let it pass: what waits takes one, so that a test can wait without waiting.
package struct WaitingClock: Sendable {
    /// Since some fixed instant; never goes back.
    package var now: @Sendable () -> Duration
    /// Seconds since 1970.
    package var date: @Sendable () -> Double
    /// - Throws: `CancellationError`.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// A random number in 0...1.
    package var random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Duration, date: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.date = date
        self.sleep = sleep
        self.random = random
    }

    /// - Parameter date: Seconds since 1970, for what servers say in dates.
    package init<C: Clock>(
        _ clock: C, date: @escaping @Sendable () -> Double,
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) where C.Duration == Duration {
        let start = clock.now
        self.now = { start.duration(to: clock.now) }
        self.date = date
        self.sleep = { try await Task.sleep(for: $0, clock: clock) }
        self.random = random
    }

    /// The system's clock, which goes on while the machine sleeps.
    package static let system = WaitingClock(ContinuousClock(), date: { Date.now.timeIntervalSince1970 })
}
