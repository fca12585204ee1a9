import Synchronization

/// What the copies of a value have found out about a server.
final class Discovery: Sendable {
    private let state = Mutex(false)

    var isKnown: Bool { state.withLock { $0 } }

    func learn() { state.withLock { $0 = true } }
}
