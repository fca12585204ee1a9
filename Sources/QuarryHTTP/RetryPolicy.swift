import CQuarryCurl

/// Decides whether a failed attempt is worth another, and after how long.
///
/// The order of precedence: the caller's reading of the body, `x-should-retry`, `retry-after-ms`, `retry-after`
/// (seconds or a date), then exponential back-off with full jitter: a random part of `initialDelay`·2ⁿ, capped, so that
/// clients that were refused together do not come back together (Brooker, "Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015). What a server asked for is waited in full, without jitter. A wait of nothing, and a date
/// that has passed, ask for none: the back-off counts.
///
/// A status of 413 is final whatever the headers say: the same body will be too large again.
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

    /// What a response's body says of trying again, where an API says it there.
    package enum Hint: Sendable, Hashable {
        case none
        case never
        case after(Duration)
    }

    /// Attempts in all, the first included. The default is 3.
    package var maximumAttempts = 3
    /// Doubled for each further attempt. The default is 0.5 s.
    package var initialDelay: Duration = .milliseconds(500)
    /// The default is 8 s.
    package var maximumDelay: Duration = .seconds(8)
    /// A server that wants a longer wait than this is not asked again. The default is 120 s.
    package var maximumServerDelay: Duration = .seconds(120)
    /// All waits together; an attempt that would need more is not made. The default is 300 s.
    package var maximumTotalDelay: Duration = .seconds(300)
    /// Whether a refusal with status 429 that asks for a second or more is waited out beyond ``maximumAttempts``: the
    /// server works, and says when it has room. ``maximumTotalDelay`` holds all the same. The default is false.
    package var outwaitsRateLimits = false
    /// The share of a delay that is left to chance, in 0...1. The default is 1, full jitter.
    package var jitterShare = 1.0
    /// The default is 408, 409, 425, 429, 500, 502, 503, 504 and 529.
    package var statuses: Set<Int> = [408, 409, 425, 429, 500, 502, 503, 504, 529]
    /// Reads the body of an error response. The default finds nothing in it.
    package var hint: @Sendable (HTTPResponse) -> Hint = { _ in .none }

    package init() {}

    /// One attempt.
    package static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = 1
        return policy
    }

    /// - Parameters:
    ///   - attempt: The number of the attempt that ended so, from 1.
    ///   - now: Seconds since 1970, to read dates by.
    ///   - jitter: In 0...1; the delay is shortened by this part of its random share.
    ///   - waited: The waits before earlier attempts together.
    package func decision(
        after outcome: Outcome, attempt: Int, now: Double, jitter: Double, waited: Duration = .zero
    ) -> Decision {
        guard attempt < maximumAttempts || outwaits(outcome, now: now) else { return .giveUp }
        let decision = judge(outcome, attempt: attempt, now: now, jitter: jitter)
        if case .retry(let delay) = decision, waited + delay > maximumTotalDelay { return .giveUp }
        return decision
    }

    private func outwaits(_ outcome: Outcome, now: Double) -> Bool {
        guard outwaitsRateLimits, maximumAttempts > 1, case .response(let response) = outcome, response.status == 429
        else { return false }
        return wish(of: response, hint(response), now: now).map { $0 >= .seconds(1) } ?? false
    }

    /// How long a response asks to wait, in its body or its header fields.
    private func wish(of response: HTTPResponse, _ hint: Hint, now: Double) -> Duration? {
        if case .after(let wanted) = hint, wanted > .zero { return wanted }
        return Self.serverDelay(in: response.headers, now: now)
    }

    private func judge(_ outcome: Outcome, attempt: Int, now: Double, jitter: Double) -> Decision {
        let delay = backOff(attempt: attempt, jitter: jitter)
        switch outcome {
        case .failure(let error):
            let transient: [HTTPError.Code] = [.cannotResolve, .cannotConnect, .connectionLost, .timedOut]
            return transient.contains(error.code) && !error.isProxyRefusal ? .retry(after: delay) : .giveUp
        case .response(let response):
            guard !response.head.isSuccess, response.status != 413 else { return .giveUp }
            let hint = hint(response)
            if hint == .never { return .giveUp }
            let advice = response.headers.wire("x-should-retry")?.lowercased()
            if advice == "false" { return .giveUp }
            guard advice == "true" || statuses.contains(response.status) else { return .giveUp }
            if let wanted = wish(of: response, hint, now: now) { return honour(wanted) }
            return .retry(after: delay)
        }
    }

    private func honour(_ wanted: Duration) -> Decision {
        wanted > maximumServerDelay ? .giveUp : .retry(after: wanted)
    }

    private func backOff(attempt: Int, jitter: Double) -> Duration {
        let doubled = initialDelay * (1 << min(attempt - 1, 20))
        return min(doubled, maximumDelay) * (1 - min(max(jitterShare, 0), 1) * min(max(jitter, 0), 1))
    }

    /// The wait that `retry-after-ms` or `retry-after` asks for; nil where neither can be read or is above zero.
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

    /// The server's own time in seconds since 1970, from its `Date`; ours may go wrong.
    static func serverDate(in headers: HTTPHeaders) -> Double? {
        let date = headers.wire("date").map { curl_getdate($0, nil) } ?? -1
        return date < 0 ? nil : Double(date)
    }
}
