extension HTTPClient {
    /// The whole response, tried again as the policy says; a body that breaks off counts as a failed attempt. The last
    /// attempt's outcome is returned or thrown.
    /// - Parameter gate: What every attempt has to pass.
    package func send(
        _ request: HTTPRequest, retrying policy: RetryPolicy, through gate: (any AttemptGate)? = nil
    ) async throws -> HTTPResponse {
        try await attempts(at: request, policy, gate, linesUp: true) { exchange, departure in
            let stream = try await self.stream(request, exchange, reading: .whole, departure)
            let response = HTTPResponse(head: stream.head, body: try await stream.collect())
            return (response, response)
        }
    }

    /// A response in progress, tried again until its head is there. What fails later is not repeated: a part was
    /// already read.
    /// - Parameter gate: What every attempt has to pass.
    package func stream(
        _ request: HTTPRequest, retrying policy: RetryPolicy, through gate: (any AttemptGate)? = nil
    ) async throws -> HTTPStream {
        try await attempts(at: request, policy, gate, linesUp: false) { exchange, departure in
            let stream = try await self.stream(request, exchange, reading: .pieces, departure)
            if stream.head.isSuccess { return (stream, HTTPResponse(head: stream.head, body: [])) }
            let body = try await stream.collect(upTo: 1 << 20)
            stream.body.unread(body)
            return (stream, HTTPResponse(head: stream.head, body: body))
        }
    }

    /// Runs attempts until one is final.
    /// - Parameters:
    ///   - linesUp: Whether the first attempt waits in the gate's line, if it has one.
    ///   - attempt: Returns its result, and the response to judge it by.
    private func attempts<Value>(
        at request: HTTPRequest, _ policy: RetryPolicy, _ gate: (any AttemptGate)?, linesUp: Bool,
        _ attempt: (Exchange, Departure) async throws -> (Value, HTTPResponse)
    ) async throws -> Value {
        let exchange = exchange(for: request)
        var number = 1
        var waited = Duration.zero
        var line = linesUp ? gate : nil
        while true {
            let outcome: RetryPolicy.Outcome
            let last: Result<Value, any Error>
            let departure: Departure
            if let gate = line {
                departure = Departure(from: gate)
            } else {
                departure = Departure(try await gate?.enter())
            }
            line = nil
            do {
                let (value, response) = try await attempt(exchange, departure)
                departure.pass?.ended(with: response.head, asked: policy.wait(askedBy: response))
                outcome = .response(response)
                last = .success(value)
            } catch is Departure.HeldUp {
                continue
            } catch let error as HTTPError {
                departure.pass?.ended(with: error)
                outcome = .failure(error)
                last = .failure(error)
            }
            let clock = configuration.clock
            let decision = policy.decision(
                after: outcome, attempt: number, now: clock.date(), jitter: clock.random(), waited: waited)
            guard case .retry(let delay) = decision else { return try last.get() }
            number += 1
            exchange.tracer?.trace(number, in: delay, because: outcome.reason)
            if delay >= RateLimiter.noticeableWait {
                configuration.onWait?(delay, exchange.redactor.redact(outcome.reason))
            }
            try await clock.sleep(delay)
            waited += delay
        }
    }
}

extension RetryPolicy {
    /// The wait that the body of a refusal asks for; nil where it asks for none.
    fileprivate func wait(askedBy response: HTTPResponse) -> Duration? {
        guard !response.head.isSuccess, case .after(let wait) = hint(response), wait > .zero else { return nil }
        return wait
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
