/// What every attempt at a request has to pass, and is told how it ended: limits, pauses, a server that is down.
package protocol AttemptGate: Sendable {
    /// Waits until the attempt may be made.
    /// - Throws: What ends the request without an attempt.
    func enter() async throws -> any AttemptPass
}

/// An attempt that was let through. Forgotten without a report, it counts as not made.
package protocol AttemptPass: Sendable {
    /// - Parameter asked: The wait that the response's body asks for; nil where it asks for none.
    func ended(with response: HTTPResponseHead, asked: Duration?)
    func ended(with error: any Error)
}
