import Foundation

/// The clock for waits. Tests pass a clock that does not really sleep.
package struct TimeSource: Sendable {
    /// Time since some fixed instant. It never goes back.
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

    /// The system's clock, which also runs while the machine sleeps.
    package static let system: TimeSource = {
        let start = ContinuousClock.now
        return TimeSource(
            now: { start.duration(to: .now) }, date: { Date.now.timeIntervalSince1970 },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) }, random: { .random(in: 0...1) })
    }()
}
