import QuarryHTTP
import Synchronization

/// A fact that whoever needs it first asks for; the others wait for the answer. After a failure the next one asks.
package final class AskedOnce<Fact: Sendable>: Sendable {
    private let fact = Mutex<Fact?>(nil)
    private let turn = ConcurrencyLimit(1)

    package init() {}

    /// - Throws: What `ask` throws, or `CancellationError`.
    package func value(_ ask: () async throws -> Fact) async throws -> Fact {
        if let known = fact.withLock({ $0 }) { return known }
        return try await turn.run {
            if let known = fact.withLock({ $0 }) { return known }
            let found = try await ask()
            fact.withLock { $0 = found }
            return found
        }
    }
}
