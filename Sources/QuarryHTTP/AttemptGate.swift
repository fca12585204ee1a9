/// What every attempt at a request has to pass, and is told how it ended: limits, pauses, a server that is down.
package protocol AttemptGate: Sendable {
    /// Waits until the attempt may be made.
    /// - Throws: What ends the request without an attempt.
    func enter() async throws -> any AttemptPass

    /// Waits in line without a task, so that the thread on which one request ends can begin the next.
    ///
    /// - Parameter onTurn: Called once its turn comes, at once or on another thread: with a pass, or with nil where the
    ///   attempt has to wait for more than its turn and ``enter()`` is to be asked.
    /// - Returns: Whether there is such a line; without one, `onTurn` is not called.
    func lineUp(_ onTurn: @escaping @Sendable ((any AttemptPass)?) -> Void) -> Bool
}

/// An attempt that was let through. Forgotten without a report, it counts as not made.
package protocol AttemptPass: Sendable {
    /// A whole response that went well has arrived. Called on the thread of the transfers, before the task that waits
    /// for it is woken; ``ended(with:asked:)`` follows.
    func arrived(with response: HTTPResponseHead)
    /// - Parameter asked: The wait that the response's body asks for; nil where it asks for none.
    func ended(with response: HTTPResponseHead, asked: Duration?)
    func ended(with error: any Error)
}
