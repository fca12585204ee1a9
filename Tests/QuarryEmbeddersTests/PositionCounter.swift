import Synchronization

/// Counts from 0.
final class PositionCounter: Sendable {
    private let number = Mutex(0)

    /// How often it was asked.
    var count: Int { number.withLock { $0 } }

    func next() -> Int {
        number.withLock { number in
            defer { number += 1 }
            return number
        }
    }
}
