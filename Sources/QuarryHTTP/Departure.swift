import Synchronization

/// How one attempt gets on its way: at once, or from a gate's line, without its task.
final class Departure: Sendable {
    private let line: (any AttemptGate)?
    private let admission: Mutex<(any AttemptPass)?>

    /// An attempt that may begin.
    /// - Parameter pass: What the gate gave; nil without a gate.
    init(_ pass: (any AttemptPass)?) {
        line = nil
        admission = Mutex(pass)
    }

    /// An attempt that begins when its turn comes.
    init(from line: any AttemptGate) {
        self.line = line
        admission = Mutex(nil)
    }

    /// The attempt has to wait for more than its turn: its task has to ask the gate.
    struct HeldUp: Error {}

    /// What the gate gave, if it did.
    var pass: (any AttemptPass)? { admission.withLock { $0 } }

    /// - Parameter start: Called once, at once or on another thread: with nil to begin, or with ``HeldUp``.
    func begin(_ start: @escaping @Sendable (HeldUp?) -> Void) {
        // After a redirect the attempt is on its way already.
        guard let line, pass == nil else { return start(nil) }
        let isInLine = line.lineUp { pass in
            self.admission.withLock { $0 = pass }
            start(pass == nil ? HeldUp() : nil)
        }
        if !isInLine { start(HeldUp()) }
    }
}
