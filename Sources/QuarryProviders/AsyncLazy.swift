import QuarryCore
import QuarryHTTP
import Synchronization

/// A lazily computed async value: the first caller computes it, the others wait. A failure is not kept.
package final class AsyncLazy<Value: Sendable>: Sendable {
    private let cached = Mutex<Value?>(nil)
    private let semaphore = AsyncSemaphore(1)

    package init() {}

    /// Whether the value is known.
    package var isComputed: Bool { cached.withLock { $0 != nil } }

    /// - Throws: The error of `compute`, or `CancellationError`.
    package func value(_ compute: () async throws -> Value) async throws -> Value {
        if let value = cached.withLock({ $0 }) { return value }
        return try await semaphore.withPermit {
            if let value = cached.withLock({ $0 }) { return value }
            let value = try await compute()
            cached.withLock { $0 = value }
            return value
        }
    }
}
