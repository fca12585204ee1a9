import Synchronization

/// Holds requests back from a server that fails again and again, instead of letting each find out for itself.
///
/// Closed, it lets everything through and counts failures in a row: connections that fail, and statuses from 500. From
/// the threshold on it is open and refuses at once. After a pause one request may try; if it succeeds all may, if it
/// fails the pause begins again, twice as long (Nygard, "Release It!", 2007).
package final class CircuitBreaker: Sendable {
    private struct State {
        var failures = 0
        var reason = ""
        var opensAgain: Duration?
        var isProbing = false
        var pause: Duration
        /// Counts the openings: what an older request reports does not count any more.
        var generation = 0
    }

    /// Failures in a row that open it.
    package let threshold: Int
    private let firstPause: Duration
    private let maximumPause: Duration
    private let clock: WaitingClock
    private let state: Mutex<State>

    /// - Parameters:
    ///   - threshold: Failures in a row that open it, at least 1.
    ///   - pause: Until the first request may try again.
    ///   - maximumPause: What the doubled pauses end at.
    package init(
        threshold: Int = 5, pause: Duration = .seconds(10), maximumPause: Duration = .seconds(120),
        clock: WaitingClock = .system
    ) {
        self.threshold = max(1, threshold)
        self.firstPause = pause
        self.maximumPause = max(pause, maximumPause)
        self.clock = clock
        self.state = Mutex(State(pause: pause))
    }

    /// A request that was let through, and how it ended. Forgotten without a report, it counts as not sent.
    package final class Attempt: Sendable {
        private let breaker: CircuitBreaker
        private let generation: Int
        private let isProbe: Bool
        private let isOpen = Mutex(true)

        fileprivate init(_ breaker: CircuitBreaker, generation: Int, isProbe: Bool) {
            self.breaker = breaker
            self.generation = generation
            self.isProbe = isProbe
        }

        deinit { end(nil) }

        package func ended(with response: HTTPResponseHead) {
            end(response.status >= 500 && response.status != 501 ? .failure("status \(response.status)") : .success)
        }

        /// Failures that are the caller's own, such as a cancellation or a bad URL, do not count.
        package func ended(with error: any Error) {
            let codes: [HTTPError.Code] = [
                .cannotResolve, .cannotConnect, .insecureConnection, .timedOut, .connectionLost, .malformedResponse,
            ]
            guard let error = error as? HTTPError, codes.contains(error.code) else { return end(nil) }
            end(.failure(error.message))
        }

        private func end(_ verdict: Verdict?) {
            let isFirst = isOpen.withLock { isOpen in
                defer { isOpen = false }
                return isOpen
            }
            if isFirst { breaker.record(verdict, generation: generation, isProbe: isProbe) }
        }
    }

    fileprivate enum Verdict {
        case success
        case failure(String)
    }

    /// Lets a request through.
    /// - Throws: ``HTTPError`` with code `circuitOpen`, which says why and when the next may try.
    package func attempt() throws -> Attempt {
        let now = clock.now()
        return try state.withLock { state in
            guard let opensAgain = state.opensAgain else {
                return Attempt(self, generation: state.generation, isProbe: false)
            }
            guard now >= opensAgain, !state.isProbing else { throw refusal(state, now) }
            state.isProbing = true
            return Attempt(self, generation: state.generation, isProbe: true)
        }
    }

    /// Runs a request that ends with a response or an error.
    package func run(_ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        let attempt = try attempt()
        do {
            let response = try await body()
            attempt.ended(with: response.head)
            return response
        } catch {
            attempt.ended(with: error)
            throw error
        }
    }

    /// Whether requests are refused now.
    package var isOpen: Bool { state.withLock { $0.opensAgain != nil } }

    private func refusal(_ state: State, _ now: Duration) -> HTTPError {
        let next =
            state.isProbing
            ? "One request is trying it now; ask again after it"
            : "Ask it again in \(((state.opensAgain ?? now) - now).shownSeconds)"
        return HTTPError(
            .circuitOpen,
            "The server failed \(state.failures) times in a row, at last with: \(state.reason). \(next).")
    }

    private func record(_ verdict: Verdict?, generation: Int, isProbe: Bool) {
        let now = clock.now()
        state.withLock { state in
            guard generation == state.generation else { return }
            if isProbe { state.isProbing = false }
            switch verdict {
            case nil: return
            case .success:
                state.failures = 0
                state.pause = firstPause
                if state.opensAgain != nil { state.generation += 1 }
                state.opensAgain = nil
            case .failure(let reason):
                state.failures += 1
                state.reason = reason
                guard isProbe || state.failures >= threshold else { return }
                if isProbe { state.pause = min(maximumPause, state.pause * 2) }
                state.opensAgain = now + state.pause
                state.generation += 1
            }
        }
    }
}
