/// A bucket that fills at a steady rate and is drawn from (Turner, "New Directions in Communications", 1986).
struct TokenBucket: Sendable, Hashable {
    /// What the full bucket holds.
    var capacity: Double
    /// What is in it at `updated`; below zero where more was drawn than it can hold.
    var level: Double
    /// What flows in each second.
    var perSecond: Double
    var updated: Duration

    init(perMinute: Double, now: Duration) {
        capacity = max(perMinute, 0)
        level = capacity
        perSecond = capacity / 60
        updated = now
    }

    mutating func refill(_ now: Duration) {
        guard now > updated else { return }
        level = min(capacity, level + (now - updated).inSeconds * perSecond)
        updated = now
    }

    /// Three years.
    private static let never = 1e8

    /// How long until the amount can be drawn; zero at once. What the bucket can never hold waits until it is full.
    func delay(for amount: Double) -> Duration {
        let missing = min(amount, capacity) - level
        guard missing > 1e-9 else { return .zero }
        return .seconds(perSecond > 0 ? min(missing / perSecond, Self.never) : Self.never)
    }
}

extension Duration {
    /// Seconds with their fraction.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
