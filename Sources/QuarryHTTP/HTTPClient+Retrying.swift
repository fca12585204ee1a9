import Foundation

extension HTTPClient {
    /// The whole response, tried again as the policy says. The last attempt's outcome is returned or thrown.
    package func send(_ request: HTTPRequest, retrying policy: RetryPolicy) async throws -> HTTPResponse {
        let stream = try await stream(request, retrying: policy)
        return HTTPResponse(head: stream.head, body: try await stream.collect())
    }

    /// A response in progress, tried again until its head is there. What fails later is not repeated: a part was
    /// already read.
    package func stream(_ request: HTTPRequest, retrying policy: RetryPolicy) async throws -> HTTPStream {
        var attempt = 1
        while true {
            let outcome: RetryPolicy.Outcome
            let last: Result<HTTPStream, any Error>
            do {
                let stream = try await stream(request)
                if stream.head.isSuccess || attempt >= policy.maximumAttempts { return stream }
                let body = try await stream.collect(upTo: 1 << 20)
                outcome = .response(HTTPResponse(head: stream.head, body: body))
                stream.body.unread(body)
                last = .success(stream)
            } catch let error as HTTPError {
                outcome = .failure(error)
                last = .failure(error)
            }
            let decision = policy.decision(
                after: outcome, attempt: attempt, now: Date.now.timeIntervalSince1970, jitter: .random(in: 0...1))
            guard case .retry(let delay) = decision else { return try last.get() }
            try await Task.sleep(for: delay)
            attempt += 1
        }
    }
}
