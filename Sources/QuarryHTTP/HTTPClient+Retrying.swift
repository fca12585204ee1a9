extension HTTPClient {
    /// Sends a request, retries it as the policy says, and returns the whole response.
    ///
    /// A truncated body counts as a failed attempt. The result of the last attempt is returned or thrown.
    /// - `admission`: Admits every attempt.
    package func send(
        _ request: HTTPRequest, retrying policy: RetryPolicy, through admission: (any AdmissionControl)? = nil
    ) async throws -> HTTPResponse {
        try await attempts(at: request, policy, admission, isQueued: true) { exchange, start in
            let stream = try await self.stream(request, exchange, reading: .whole, start)
            let response = HTTPResponse(head: stream.head, body: try await stream.collect())
            return (response, response)
        }
    }

    /// Sends a request and retries it until a response head arrives.
    ///
    /// Later failures are not retried, because a part of the body was already read.
    /// - `admission`: Admits every attempt.
    package func stream(
        _ request: HTTPRequest, retrying policy: RetryPolicy, through admission: (any AdmissionControl)? = nil
    ) async throws -> HTTPStream {
        try await attempts(at: request, policy, admission, isQueued: false) { exchange, start in
            let stream = try await self.stream(request, exchange, reading: .pieces, start)
            if stream.head.isSuccess { return (stream, HTTPResponse(head: stream.head, body: [])) }
            let body = try await stream.collect(upTo: 1 << 20)
            stream.body.unread(body)
            return (stream, HTTPResponse(head: stream.head, body: body))
        }
    }

    /// Runs attempts until one is final.
    /// - `isQueued`: Whether the first attempt waits in the queue of `admission`, if it has one.
    /// - `attempt`: Returns its result, and the response that decides about a retry.
    private func attempts<Value>(
        at request: HTTPRequest, _ policy: RetryPolicy, _ admission: (any AdmissionControl)?, isQueued: Bool,
        _ attempt: (Exchange, AttemptStart) async throws -> (Value, HTTPResponse)
    ) async throws -> Value {
        let exchange = exchange(for: request)
        var number = 1
        var waited = Duration.zero
        var nextReport = RateLimiter.noticeableWait
        var queue = isQueued ? admission : nil
        while true {
            let outcome: RetryPolicy.Outcome
            let last: Result<Value, any Error>
            let start: AttemptStart
            if let queue {
                start = AttemptStart(queuedAt: queue)
            } else {
                let before = configuration.clock.now()
                start = AttemptStart(try await admission?.admit())
                waited += configuration.clock.now() - before
            }
            queue = nil
            do {
                let (value, response) = try await attempt(exchange, start)
                start.permit?.ended(with: response.head, retryAfter: policy.retryDelay(in: response))
                outcome = .response(response)
                last = .success(value)
            } catch is AttemptStart.NotAdmitted {
                continue
            } catch let error as HTTPError {
                start.permit?.ended(with: error)
                outcome = .failure(error)
                last = .failure(error)
            }
            let clock = configuration.clock
            let decision = policy.decision(
                after: outcome, attempt: number, now: clock.date(), jitter: clock.random(), waited: waited)
            guard case .retry(let delay) = decision else { return try last.get() }
            number += 1
            exchange.tracer?.trace(number, in: delay, because: outcome.reason)
            if delay >= RateLimiter.noticeableWait || waited + delay >= nextReport {
                configuration.onWait?(delay, waited, exchange.redactor.redact(outcome.reason))
                nextReport = (waited + delay) * 2
            }
            try await clock.sleep(delay)
            waited += delay
        }
    }
}

extension RetryPolicy {
    /// The delay that the body of an error response asks for, if any.
    fileprivate func retryDelay(in response: HTTPResponse) -> Duration? {
        guard !response.head.isSuccess, case .after(let delay) = hint(response), delay > .zero else { return nil }
        return delay
    }
}

extension RetryPolicy.Outcome {
    fileprivate var reason: String {
        switch self {
        case .failure(let error): error.message
        case .response(let response): "\(response.head)"
        }
    }
}
