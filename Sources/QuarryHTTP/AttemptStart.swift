import Synchronization

/// Starts one attempt: immediately, or from the queue of an ``AdmissionControl`` without suspending a task.
final class AttemptStart: Sendable {
    private let queue: (any AdmissionControl)?
    private let admitted: Mutex<(any AttemptPermit)?>

    /// An attempt that may start immediately.
    /// - Parameter permit: Nil for a client without admission control.
    init(_ permit: (any AttemptPermit)?) {
        queue = nil
        admitted = Mutex(permit)
    }

    /// An attempt that starts when the queue admits it.
    init(queuedAt admission: any AdmissionControl) {
        queue = admission
        admitted = Mutex(nil)
    }

    /// The queue did not admit the attempt. Its task has to call ``AdmissionControl/admit()``.
    struct NotAdmitted: Error {}

    /// The permit; nil before admission and without admission control.
    var permit: (any AttemptPermit)? { admitted.withLock { $0 } }

    /// - Parameter start: Called once, either immediately or on another thread. Nil means that the attempt may start.
    func begin(_ start: @escaping @Sendable (NotAdmitted?) -> Void) {
        // The target of a redirect belongs to an attempt that was already admitted.
        guard let queue, permit == nil else { return start(nil) }
        let isQueued = queue.enqueue { permit in
            self.admitted.withLock { $0 = permit }
            start(permit == nil ? NotAdmitted() : nil)
        }
        if !isQueued { start(NotAdmitted()) }
    }
}
