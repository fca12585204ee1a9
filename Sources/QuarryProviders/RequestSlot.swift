import QuarryCore
package import QuarryHTTP
import Synchronization

/// One call's slot among the concurrent requests of a provider. It admits the attempts of the call.
///
/// A call may queue for its slot without suspending a task. The thread on which a reply arrives then starts the next
/// call immediately, and the provider does not wait for two tasks to resume. A failed call holds its slot until
/// ``release()``.
package final class RequestSlot: AdmissionControl {
    private enum Position {
        case none
        case queued(AsyncSemaphore.Wait)
        case held(AsyncSemaphore.Permit)
        case released
    }

    private struct State {
        var position = Position.none
        /// Called when the slot is acquired.
        var onAdmission: (@Sendable ((any AttemptPermit)?) -> Void)?
        var isAttempting = false
        /// Whether the attempt's reply was processed when it arrived.
        var isReplyProcessed = false
        /// Whether further attempts are forbidden.
        var isClosed = false
        /// Called when the slot is closed and no attempt is in flight.
        var onIdle: (@Sendable () -> Void)?
    }

    private let semaphore: AsyncSemaphore
    private let limiter: RateLimiter
    private let breaker: CircuitBreaker
    private let cost: RateLimiter.Cost
    /// Whether another call may start as soon as the reply has arrived.
    let releasesOnReply: Bool
    private let state = Mutex(State())

    init(
        _ semaphore: AsyncSemaphore, _ limiter: RateLimiter, _ breaker: CircuitBreaker, cost: RateLimiter.Cost,
        releasesOnReply: Bool
    ) {
        self.semaphore = semaphore
        self.limiter = limiter
        self.breaker = breaker
        self.cost = cost
        self.releasesOnReply = releasesOnReply
    }

    /// Waits for the slot unless it is held already.
    /// - Throws: `CancellationError`, also after the release.
    func acquire() async throws {
        while true {
            switch state.withLock({ $0.position }) {
            case .held: return
            case .released: throw CancellationError()
            case .queued(let wait):
                semaphore.cancel(wait)
                state.withLock { state in
                    if case .queued = state.position { state.position = .none }
                }
            case .none:
                let permit = try await semaphore.acquire()
                state.withLock { $0.position = .held(permit) }
            }
        }
    }

    /// Releases the slot or leaves the queue. Further calls do nothing.
    package func release() {
        let last = state.withLock { state in
            defer { (state.position, state.onAdmission) = (.released, nil) }
            return state.position
        }
        switch last {
        case .none, .released: break
        case .queued(let wait): semaphore.cancel(wait)
        case .held(let permit): permit.release()
        }
    }

    /// Forbids further attempts. An attempt in flight may finish.
    /// - Parameter onIdle: Called when no attempt is in flight: immediately, or when the current one has ended.
    package func close(onIdle: @escaping @Sendable () -> Void = {}) {
        let isIdle = state.withLock { state in
            state.isClosed = true
            if state.isAttempting { state.onIdle = onIdle }
            return !state.isAttempting
        }
        if isIdle { onIdle() }
    }

    package func admit() async throws -> any AttemptPermit {
        try await acquire()
        let attempt = try breaker.attempt()
        try await limiter.wait(for: cost)
        guard beginAttempt() else { throw CancellationError() }
        return Permit(slot: self, attempt: attempt)
    }

    /// Joins the queue. Calls start in this order.
    ///
    /// With a budget there is no queue, because the cost of earlier calls must be booked first.
    package func joinQueue() {
        guard releasesOnReply, hasNoPosition else { return }
        let wait = semaphore.acquire { permit in self.hold(permit) }
        state.withLock { state in
            if case .none = state.position { state.position = .queued(wait) }
        }
    }

    package func enqueue(_ onAdmission: @escaping @Sendable ((any AttemptPermit)?) -> Void) -> Bool {
        guard releasesOnReply else { return false }
        joinQueue()
        let isWaiting = state.withLock { state in
            guard case .queued = state.position else { return false }
            state.onAdmission = onAdmission
            return true
        }
        if !isWaiting { onAdmission(permitIfReady()) }
        return true
    }

    private func hold(_ permit: AsyncSemaphore.Permit) {
        let onAdmission = state.withLock { state -> (@Sendable ((any AttemptPermit)?) -> Void)? in
            // After a release meanwhile, the last reference releases the permit.
            if case .released = state.position { return nil }
            state.position = .held(permit)
            defer { state.onAdmission = nil }
            return state.onAdmission
        }
        onAdmission?(permitIfReady())
    }

    /// The permit of a queued call; nil if there is more to wait for or the slot was released.
    private func permitIfReady() -> (any AttemptPermit)? {
        // The task that calls `admit()` gets the error of an open circuit.
        guard mayBegin, let attempt = try? breaker.attempt(), limiter.tryAcquire(for: cost), beginAttempt() else {
            return nil
        }
        return Permit(slot: self, attempt: attempt)
    }

    private var mayBegin: Bool {
        state.withLock { state in
            if case .held = state.position { !state.isClosed } else { false }
        }
    }

    private var hasNoPosition: Bool {
        state.withLock { state in
            if case .none = state.position { true } else { false }
        }
    }

    /// - Returns: Whether the attempt may be made.
    private func beginAttempt() -> Bool {
        state.withLock { state in
            state.isAttempting = !state.isClosed
            state.isReplyProcessed = false
            return state.isAttempting
        }
    }

    private func endAttempt() {
        let onIdle = state.withLock { state in
            state.isAttempting = false
            defer { state.onIdle = nil }
            return state.onIdle
        }
        onIdle?()
    }

    private struct Permit: AttemptPermit {
        let slot: RequestSlot
        let attempt: CircuitBreaker.Attempt

        func received(_ response: HTTPResponseHead) {
            // Before the next call asks whether it may start.
            slot.limiter.learn(from: response)
            attempt.ended(with: response)
            slot.state.withLock { $0.isReplyProcessed = true }
            if slot.releasesOnReply { slot.release() }
        }

        func ended(with response: HTTPResponseHead, retryAfter: Duration?) {
            if !slot.state.withLock({ $0.isReplyProcessed }) {
                slot.limiter.learn(from: response, retryAfter: retryAfter)
            }
            attempt.ended(with: response)
            slot.endAttempt()
        }

        func ended(with error: any Error) {
            attempt.ended(with: error)
            slot.endAttempt()
        }
    }
}
