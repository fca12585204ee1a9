import Synchronization

/// Properties of a server, shared by copies of a value.
final class Discovery: Sendable {
    private let state = Mutex(false)

    var isKnown: Bool { state.withLock { $0 } }

    func learn() { state.withLock { $0 = true } }
}
