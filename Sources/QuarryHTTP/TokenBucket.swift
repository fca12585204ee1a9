/// A token bucket with a steady refill rate (Turner, "New Directions in Communications", 1986).
struct TokenBucket: Sendable, Hashable {
    /// The content of the full bucket.
    var capacity: Double
    /// The content at `updated`. Negative after a draw of more than it held.
    var level: Double
    /// The refill per second.
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

    /// The delay until the amount can be drawn. An amount beyond the capacity waits until the bucket is full.
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
