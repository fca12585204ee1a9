extension HTTPClient {
    /// The whole response, tried again as the policy says; a body that breaks off counts as a failed attempt. The last
    /// attempt's outcome is returned or thrown.
    package func send(_ request: HTTPRequest, retrying policy: RetryPolicy) async throws -> HTTPResponse {
        try await attempts(at: request, policy) { exchange in
            let stream = try await self.stream(request, exchange)
            let response = HTTPResponse(head: stream.head, body: try await stream.collect())
            return (response, response)
        }
    }

    /// A response in progress, tried again until its head is there. What fails later is not repeated: a part was
    /// already read.
    package func stream(_ request: HTTPRequest, retrying policy: RetryPolicy) async throws -> HTTPStream {
        try await attempts(at: request, policy) { exchange in
            let stream = try await self.stream(request, exchange)
            if stream.head.isSuccess { return (stream, nil) }
            let body = try await stream.collect(upTo: 1 << 20)
            stream.body.unread(body)
            return (stream, HTTPResponse(head: stream.head, body: body))
        }
    }

    /// Runs attempts until one is final.
    /// - Parameter attempt: Returns its result, and the response to judge it by; nil where it is good.
    private func attempts<Value>(
        at request: HTTPRequest, _ policy: RetryPolicy, _ attempt: (Exchange) async throws -> (Value, HTTPResponse?)
    ) async throws -> Value {
        let exchange = exchange(for: request)
        var number = 1
        var waited = Duration.zero
        while true {
            let outcome: RetryPolicy.Outcome
            let last: Result<Value, any Error>
            do {
                let (value, response) = try await attempt(exchange)
                guard let response else { return value }
                outcome = .response(response)
                last = .success(value)
            } catch let error as HTTPError {
                outcome = .failure(error)
                last = .failure(error)
            }
            let clock = configuration.clock
            let decision = policy.decision(
                after: outcome, attempt: number, now: clock.date(), jitter: clock.random(), waited: waited)
            guard case .retry(let delay) = decision else { return try last.get() }
            number += 1
            exchange.tracer?.trace(number, in: delay, because: outcome.reason)
            try await clock.sleep(delay)
            waited += delay
        }
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
