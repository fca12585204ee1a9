import Synchronization

/// A text that is known only after the closure that reads it was made.
final class TextBox: Sendable {
    private let value = Mutex("")
    var text: String { value.withLock { $0 } }
    func set(_ text: String) { value.withLock { $0 = text } }
}
