import Synchronization

/// A circuit breaker: stops sending requests to a server that fails repeatedly (Nygard, "Release It!", 2007).
///
/// Closed, it admits everything and counts consecutive failures: failed connections and statuses from 500. At the
/// threshold it opens and rejects requests immediately. After a pause one request probes the server: success closes the
/// circuit, failure doubles the pause.
package final class CircuitBreaker: Sendable {
    private struct State {
        var failures = 0
        var reason = ""
        /// When the next probe may start; nil while the circuit is closed.
        var probeTime: Duration?
        var isProbing = false
        var pause: Duration
        /// Counts openings and closings. Reports of older requests are ignored.
        var generation = 0
    }

    /// The number of consecutive failures that open the circuit.
    package let threshold: Int
    private let firstPause: Duration
    private let maximumPause: Duration
    private let clock: TimeSource
    private let state: Mutex<State>

    /// - `threshold`: The number of consecutive failures that open the circuit, at least 1.
    /// - `pause`: The time until the first probe.
    /// - `maximumPause`: The limit for doubled pauses.
    package init(
        threshold: Int = 5, pause: Duration = .seconds(10), maximumPause: Duration = .seconds(120),
        clock: TimeSource = .system
    ) {
        self.threshold = max(1, threshold)
        self.firstPause = pause
        self.maximumPause = max(pause, maximumPause)
        self.clock = clock
        self.state = Mutex(State(pause: pause))
    }

    /// An admitted request. If it is dropped without a report, it counts as not sent.
    package final class Attempt: Sendable {
        private let breaker: CircuitBreaker
        private let generation: Int
        private let isProbe: Bool
        private let isPending = Mutex(true)

        fileprivate init(_ breaker: CircuitBreaker, generation: Int, isProbe: Bool) {
            self.breaker = breaker
            self.generation = generation
            self.isProbe = isProbe
        }

        deinit { end(nil) }

        package func ended(with response: HTTPResponseHead) {
            end(response.status >= 500 && response.status != 501 ? .failure("status \(response.status)") : .success)
        }

        /// The caller's own failures, such as a cancellation or a bad URL, do not count.
        package func ended(with error: any Error) {
            let codes: [HTTPError.Code] = [
                .cannotResolve, .cannotConnect, .insecureConnection, .timedOut, .connectionLost, .malformedResponse,
            ]
            guard let error = error as? HTTPError, codes.contains(error.code) else { return end(nil) }
            end(.failure(error.message))
        }

        private func end(_ result: Outcome?) {
            let isFirst = isPending.withLock { isPending in
                defer { isPending = false }
                return isPending
            }
            if isFirst { breaker.record(result, generation: generation, isProbe: isProbe) }
        }
    }

    fileprivate enum Outcome {
        case success
        case failure(String)
    }

    /// Admits a request.
    /// - Throws: ``HTTPError`` with code `circuitOpen`, with the reason and the time of the next probe.
    package func attempt() throws -> Attempt {
        let now = clock.now()
        return try state.withLock { state in
            guard let probeTime = state.probeTime else {
                return Attempt(self, generation: state.generation, isProbe: false)
            }
            guard now >= probeTime, !state.isProbing else { throw refusal(state, now) }
            state.isProbing = true
            return Attempt(self, generation: state.generation, isProbe: true)
        }
    }

    /// Whether requests are rejected now.
    package var isOpen: Bool { state.withLock { $0.probeTime != nil } }

    private func refusal(_ state: State, _ now: Duration) -> HTTPError {
        let next =
            state.isProbing
            ? "Another request is testing it now"
            : "The next attempt is allowed in \(((state.probeTime ?? now) - now).shownSeconds)"
        return HTTPError(
            .circuitOpen,
            "The server failed \(state.failures) times in a row, most recently with: \(state.reason). \(next).")
    }

    private func record(_ result: Outcome?, generation: Int, isProbe: Bool) {
        let now = clock.now()
        state.withLock { state in
            guard generation == state.generation else { return }
            if isProbe { state.isProbing = false }
            switch result {
            case nil: return
            case .success:
                state.failures = 0
                state.pause = firstPause
                if state.probeTime != nil { state.generation += 1 }
                state.probeTime = nil
            case .failure(let reason):
                state.failures += 1
                state.reason = reason
                guard isProbe || state.failures >= threshold else { return }
                if isProbe { state.pause = min(maximumPause, state.pause * 2) }
                state.probeTime = now + state.pause
                state.generation += 1
            }
        }
    }
}
