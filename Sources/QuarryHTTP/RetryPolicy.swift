import CQuarryCurl

/// Decides whether to retry a failed attempt, and after what delay.
///
/// In order of precedence: ``hint``, `x-should-retry`, `retry-after-ms`, `retry-after` (seconds or a date), and
/// exponential back-off with full jitter. The jitter keeps clients from retrying at the same time (Brooker,
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). The delay that a server asks for has no jitter. A
/// server delay of zero and a past date are ignored.
///
/// Status 413 is final, whatever the header fields say, because the same body will be too large again.
package struct RetryPolicy: Sendable {
    /// How an attempt ended.
    package enum Outcome: Sendable {
        case failure(HTTPError)
        case response(HTTPResponse)
    }

    package enum Decision: Sendable, Hashable {
        case giveUp
        case retry(after: Duration)
    }

    /// The advice about a retry in a response's body.
    package enum Hint: Sendable, Hashable {
        case none
        case never
        case after(Duration)
    }

    /// The number of attempts, including the first. The default is 3.
    package var maximumAttempts = 3
    /// The first back-off delay. It doubles with each attempt. The default is 0.5 s.
    package var initialDelay: Duration = .milliseconds(500)
    /// The longest back-off delay. The default is 8 s.
    package var maximumDelay: Duration = .seconds(8)
    /// There is no retry if the server asks for a longer delay. The default is 120 s.
    package var maximumServerDelay: Duration = .seconds(120)
    /// The longest sum of all delays. The default is 300 s.
    package var maximumTotalDelay: Duration = .seconds(300)
    /// Whether a status 429 with a delay of a second or more is retried beyond ``maximumAttempts``.
    ///
    /// Such a server works and says when it has capacity. ``maximumTotalDelay`` still applies. The default is false.
    package var waitsOutRateLimits = false
    /// The random share of a back-off delay, in 0...1. The default is 1, full jitter.
    package var jitterShare = 1.0
    /// The statuses to retry. The default is 408, 409, 425, 429, 500, 502, 503, 504 and 529.
    package var statuses: Set<Int> = [408, 409, 425, 429, 500, 502, 503, 504, 529]
    /// Reads the body of an error response. The default returns `none`.
    package var hint: @Sendable (HTTPResponse) -> Hint = { _ in .none }

    package init() {}

    /// A single attempt.
    package static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = 1
        return policy
    }

    /// - `attempt`: The number of the finished attempt, from 1.
    /// - `now`: The time in seconds since 1970, for dates.
    /// - `jitter`: A random number in 0...1. It shortens the random share of the delay.
    /// - `waited`: The sum of the earlier delays.
    package func decision(
        after outcome: Outcome, attempt: Int, now: Double, jitter: Double, waited: Duration = .zero
    ) -> Decision {
        guard attempt < maximumAttempts || waitsOut(outcome, now: now) else { return .giveUp }
        let decision = decide(outcome, attempt: attempt, now: now, jitter: jitter)
        if case .retry(let delay) = decision, waited + delay > maximumTotalDelay { return .giveUp }
        return decision
    }

    private func waitsOut(_ outcome: Outcome, now: Double) -> Bool {
        guard waitsOutRateLimits, maximumAttempts > 1, case .response(let response) = outcome, response.status == 429
        else { return false }
        return requestedDelay(in: response, hint(response), now: now).map { $0 >= .seconds(1) } ?? false
    }

    /// The delay that a response asks for in its body or its header fields.
    private func requestedDelay(in response: HTTPResponse, _ hint: Hint, now: Double) -> Duration? {
        if case .after(let delay) = hint, delay > .zero { return delay }
        return Self.serverDelay(in: response.headers, now: now)
    }

    private func decide(_ outcome: Outcome, attempt: Int, now: Double, jitter: Double) -> Decision {
        let delay = backOff(attempt: attempt, jitter: jitter)
        switch outcome {
        case .failure(let error):
            let transient: [HTTPError.Code] = [.cannotResolve, .cannotConnect, .connectionLost, .timedOut]
            return transient.contains(error.code) && !error.isProxyAuthenticationFailure && !error.isFinal
                ? .retry(after: delay) : .giveUp
        case .response(let response):
            guard !response.head.isSuccess, response.status != 413 else { return .giveUp }
            let hint = hint(response)
            if hint == .never { return .giveUp }
            let advice = response.headers.wire("x-should-retry")?.lowercased()
            if advice == "false" { return .giveUp }
            guard advice == "true" || statuses.contains(response.status) else { return .giveUp }
            guard let requested = requestedDelay(in: response, hint, now: now) else { return .retry(after: delay) }
            return requested > maximumServerDelay ? .giveUp : .retry(after: requested)
        }
    }

    private func backOff(attempt: Int, jitter: Double) -> Duration {
        let doubled = initialDelay * (1 << min(attempt - 1, 20))
        return min(doubled, maximumDelay) * (1 - min(max(jitterShare, 0), 1) * min(max(jitter, 0), 1))
    }

    /// The delay in `retry-after-ms` or `retry-after`; nil if neither is a positive delay.
    package static func serverDelay(in headers: HTTPHeaders, now: Double) -> Duration? {
        if let text = headers.wire("retry-after-ms"), let milliseconds = Double(text), milliseconds.isFinite,
            milliseconds > 0
        {
            return .milliseconds(min(milliseconds, 1e12))
        }
        guard let text = headers.wire("retry-after") else { return nil }
        if let seconds = Double(text) { return seconds.isFinite && seconds > 0 ? .seconds(min(seconds, 1e9)) : nil }
        let date = curl_getdate(text, nil)
        let seconds = Double(date) - (serverDate(in: headers) ?? now)
        return date >= 0 && seconds > 0 ? .seconds(seconds) : nil
    }

    /// The server's time in seconds since 1970, from its `Date` field. The local clock may be wrong.
    static func serverDate(in headers: HTTPHeaders) -> Double? {
        let date = headers.wire("date").map { curl_getdate($0, nil) } ?? -1
        return date < 0 ? nil : Double(date)
    }
}
