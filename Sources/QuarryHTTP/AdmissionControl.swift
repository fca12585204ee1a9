/// Decides when each attempt at a request may be sent, and learns how it ended: rate limits, pauses, circuit breakers.
package protocol AdmissionControl: Sendable {
    /// Waits until the attempt may be sent.
    /// - Throws: The error that ends the request without an attempt.
    func admit() async throws -> any AttemptPermit

    /// Queues the attempt without suspending a task. The thread that ends one request can then start the next.
    ///
    /// - Parameter onAdmission: Called once, either immediately or on another thread. The argument is a permit, or nil
    ///   if the caller must use ``admit()`` because the attempt has more to wait for than the queue.
    /// - Returns: Whether there is a queue. Without one, `onAdmission` is not called.
    func enqueue(_ onAdmission: @escaping @Sendable ((any AttemptPermit)?) -> Void) -> Bool
}

/// An attempt that was admitted. If it is dropped without a report, it counts as not sent.
package protocol AttemptPermit: Sendable {
    /// Reports that a whole successful response has arrived.
    ///
    /// Called on the transfer thread, before the waiting task resumes. A call of ``ended(with:retryAfter:)`` follows.
    func received(_ response: HTTPResponseHead)
    /// - `retryAfter`: The delay that the response's body asks for, if any.
    func ended(with response: HTTPResponseHead, retryAfter: Duration?)
    func ended(with error: any Error)
}
