import Synchronization

/// Counts from 0, for the closures of fake servers.
package final class Counter: Sendable {
    private let number = Mutex(0)

    package init() {}

    /// How often ``next()`` was called.
    package var count: Int { number.withLock { $0 } }

    package func next() -> Int {
        number.withLock { number in
            defer { number += 1 }
            return number
        }
    }
}
