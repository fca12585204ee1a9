package import QuarryHTTP
import Synchronization

/// One call's turn at a provider: its place there, and what each of its attempts has to pass.
///
/// A call may line up for its place without its task: then the thread on which a reply arrives gives the reply's place
/// to the next call and begins it, and the provider is not kept waiting until two tasks have been woken. A call that
/// failed keeps its place until ``end()``, whatever that takes.
package final class ProviderTurn: AttemptGate {
    private enum Place {
        case none
        case inLine(ConcurrencyLimit.Wait)
        case held(ConcurrencyLimit.Permit)
        case givenBack
    }

    private struct State {
        var place = Place.none
        /// Told of the place, where it is waited for.
        var onTurn: (@Sendable ((any AttemptPass)?) -> Void)?
        var isAttempting = false
        /// Whether what can be learned from the attempt's reply was learned when it arrived.
        var hasArrived = false
        /// Whether no further attempt may be made.
        var isClosed = false
        /// Called where the turn is closed and no attempt is under way any more.
        var onIdle: (@Sendable () -> Void)?
    }

    private let places: ConcurrencyLimit
    private let limiter: RateLimiter
    private let breaker: CircuitBreaker
    private let cost: RateLimiter.Cost
    /// Whether another call may begin as soon as the reply is there.
    let endsOnArrival: Bool
    private let state = Mutex(State())

    init(
        _ places: ConcurrencyLimit, _ limiter: RateLimiter, _ breaker: CircuitBreaker, cost: RateLimiter.Cost,
        endsOnArrival: Bool
    ) {
        self.places = places
        self.limiter = limiter
        self.breaker = breaker
        self.cost = cost
        self.endsOnArrival = endsOnArrival
    }

    /// Waits for the place, unless it is there.
    /// - Throws: `CancellationError`, also after the end of the turn.
    func take() async throws {
        while true {
            switch state.withLock({ $0.place }) {
            case .held: return
            case .givenBack: throw CancellationError()
            case .inLine(let wait):
                places.giveUp(wait)
                state.withLock { state in
                    if case .inLine = state.place { state.place = .none }
                }
            case .none:
                let permit = try await places.enter()
                state.withLock { $0.place = .held(permit) }
            }
        }
    }

    /// Gives the place, or the wait for it, back; further calls do nothing.
    package func end() {
        let last = state.withLock { state in
            defer { (state.place, state.onTurn) = (.givenBack, nil) }
            return state.place
        }
        switch last {
        case .none, .givenBack: break
        case .inLine(let wait): places.giveUp(wait)
        case .held(let permit): permit.leave()
        }
    }

    /// Lets no further attempt begin; one that is under way may end.
    /// - Parameter onIdle: Called once none is under way: at once, or when it has ended with a reply or an error.
    package func close(onIdle: @escaping @Sendable () -> Void = {}) {
        let isIdle = state.withLock { state in
            state.isClosed = true
            if state.isAttempting { state.onIdle = onIdle }
            return !state.isAttempting
        }
        if isIdle { onIdle() }
    }

    package func enter() async throws -> any AttemptPass {
        try await take()
        let attempt = try breaker.attempt()
        try await limiter.wait(for: cost)
        guard beginAttempt() else { throw CancellationError() }
        return Pass(turn: self, attempt: attempt)
    }

    /// Keeps a position in the line: calls begin in the order of these. With a budget there is no line: what came before
    /// has to be booked first.
    package func reservePlace() {
        guard endsOnArrival, hasNoPlace else { return }
        let wait = places.enter { permit in self.admit(permit) }
        state.withLock { state in
            if case .none = state.place { state.place = .inLine(wait) }
        }
    }

    package func lineUp(_ onTurn: @escaping @Sendable ((any AttemptPass)?) -> Void) -> Bool {
        guard endsOnArrival else { return false }
        reservePlace()
        let isWaiting = state.withLock { state in
            guard case .inLine = state.place else { return false }
            state.onTurn = onTurn
            return true
        }
        if !isWaiting { onTurn(pass()) }
        return true
    }

    private func admit(_ permit: ConcurrencyLimit.Permit) {
        let onTurn = state.withLock { state -> (@Sendable ((any AttemptPass)?) -> Void)? in
            // Where it has ended meanwhile, the permit goes with the last reference.
            if case .givenBack = state.place { return nil }
            state.place = .held(permit)
            defer { state.onTurn = nil }
            return state.onTurn
        }
        onTurn?(pass())
    }

    /// The pass of one who lined up; nil where there is more to wait for, or the turn is over.
    private func pass() -> (any AttemptPass)? {
        // An open circuit gives its reason to the task that asks.
        guard mayBegin, let attempt = try? breaker.attempt(), limiter.takeIfFree(for: cost), beginAttempt() else {
            return nil
        }
        return Pass(turn: self, attempt: attempt)
    }

    private var mayBegin: Bool {
        state.withLock { state in
            if case .held = state.place { !state.isClosed } else { false }
        }
    }

    private var hasNoPlace: Bool {
        state.withLock { state in
            if case .none = state.place { true } else { false }
        }
    }

    /// - Returns: Whether an attempt may still be made.
    private func beginAttempt() -> Bool {
        state.withLock { state in
            state.isAttempting = !state.isClosed
            state.hasArrived = false
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

    private struct Pass: AttemptPass {
        let turn: ProviderTurn
        let attempt: CircuitBreaker.Attempt

        func arrived(with response: HTTPResponseHead) {
            // Before the next call asks whether it may begin.
            turn.limiter.learn(from: response)
            attempt.ended(with: response)
            turn.state.withLock { $0.hasArrived = true }
            if turn.endsOnArrival { turn.end() }
        }

        func ended(with response: HTTPResponseHead, asked: Duration?) {
            if !turn.state.withLock({ $0.hasArrived }) { turn.limiter.learn(from: response, asked: asked) }
            attempt.ended(with: response)
            turn.endAttempt()
        }

        func ended(with error: any Error) {
            attempt.ended(with: error)
            turn.endAttempt()
        }
    }
}
