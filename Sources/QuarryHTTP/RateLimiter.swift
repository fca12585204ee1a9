import QuarryCore
import Synchronization

/// Keeps requests within a provider's limits of requests and tokens per minute.
///
/// Callers wait in first-in, first-out order. The limits are the given ones, updated from the provider's header fields.
/// Each status 429 halves the rate, and each success restores a twentieth of it. A pause that the provider asks for
/// applies to all requests.
package final class RateLimiter: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Nil if unknown.
        package var requestsPerMinute: Double?
        /// Input and output together; nil if unknown.
        package var tokensPerMinute: Double?

        package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil) {
            self.requestsPerMinute = requestsPerMinute
            self.tokensPerMinute = tokensPerMinute
        }
    }

    /// The tokens of one request.
    package struct Cost: Sendable, Hashable {
        package var inputTokens: Int
        package var outputTokens: Int

        package init(inputTokens: Int = 0, outputTokens: Int = 0) {
            self.inputTokens = max(0, inputTokens)
            self.outputTokens = max(0, outputTokens)
        }
    }

    /// The longest wait before one request, for a pause of the server or a used-up limit. The default is 15 min.
    package let maximumWait: Duration
    private let name: String
    private let clock: TimeSource
    private let onWait: (@Sendable (_ delay: Duration, _ reason: String) -> Void)?
    private let state: Mutex<RateLimiterState>
    private let queue = AsyncSemaphore(1)

    /// - `name`: The owner of the limits, for errors.
    /// - `onWait`: Called once at the start of each wait of ``noticeableWait`` or more.
    package init(
        _ limits: Limits = .init(), of name: String = "The server", maximumWait: Duration = .seconds(900),
        clock: TimeSource = .system, onWait: (@Sendable (_ delay: Duration, _ reason: String) -> Void)? = nil
    ) {
        self.maximumWait = maximumWait
        self.name = name
        self.clock = clock
        self.onWait = onWait
        self.state = Mutex(RateLimiterState(limits, now: clock.now()))
    }

    /// Shorter waits are not reported.
    package static let noticeableWait = Duration.seconds(5)

    /// Waits until a request of this cost may be sent, and counts it.
    ///
    /// - Throws: `CancellationError`, and ``HTTPError`` with code `rateLimited` if the wait exceeds ``maximumWait``.
    ///   Nothing is counted then.
    package func wait(for cost: Cost = .init()) async throws {
        try await queue.withPermit {
            var isReported = false
            var waited = Duration.zero
            while true {
                let now = clock.now()
                guard let hold = state.withLock({ $0.take(cost, now: now) }) else { return }
                guard hold.delay <= maximumWait else {
                    throw HTTPError(
                        .rateLimited,
                        "\(name) accepts no such request for another \(hold.delay.shownSeconds), until "
                            + "\(Self.date(in: hold.delay, clock)): \(hold.reason). The longest wait allowed is "
                            + "\(maximumWait.shownSeconds).")
                }
                if !isReported, waited + hold.delay >= Self.noticeableWait {
                    isReported = true
                    onWait?(hold.delay, hold.reason)
                }
                // A response that arrives meanwhile may raise the limits, so check again every second.
                let pause = min(hold.delay, .seconds(1))
                try await clock.sleep(pause)
                waited += pause
            }
        }
    }

    /// The time after a delay, such as `2026-11-22 21:00:00 UTC`.
    private static func date(in delay: Duration, _ clock: TimeSource) -> String {
        UTCTime.text(secondsSince1970: clock.date() + delay.inSeconds)
    }

    /// Counts a request of this cost if it may be sent now and no other request waits.
    /// - Returns: Whether it may be sent.
    package func tryAcquire(for cost: Cost = .init()) -> Bool {
        guard let permit = queue.tryAcquire() else { return false }
        defer { permit.release() }
        let now = clock.now()
        return state.withLock { $0.take(cost, now: now) } == nil
    }

    /// Updates the limits from a response of any status.
    /// - `retryAfter`: The delay that the body asks for. It takes precedence over the header fields.
    package func learn(from head: HTTPResponseHead, retryAfter: Duration? = nil) {
        let (now, date) = (clock.now(), clock.date())
        state.withLock { $0.learn(from: head, retryAfter: retryAfter, now: now, date: date) }
    }

    /// Corrects an estimate with the usage that the provider reports.
    package func settle(_ estimate: Cost, actual: Cost) {
        let now = clock.now()
        state.withLock { $0.settle(estimate, actual: actual, now: now) }
    }

    /// The rest of the provider's pause; zero without one.
    package var pause: Duration { state.withLock { $0.pause(at: clock.now()) } }

    /// The current rate per minute; nil without a limit.
    package func perMinute(_ kind: RateLimitReading.Kind) -> Double? {
        state.withLock { $0.perMinute(kind) }
    }
}

/// The state of a ``RateLimiter``.
struct RateLimiterState: Sendable {
    /// A delay before a request, and its reason.
    struct Hold: Sendable {
        var delay: Duration
        /// Such as “the limit of 100 requests is used up”.
        var reason: String
    }

    private var buckets: [RateLimitReading.Kind: TokenBucket] = [:]
    /// The share of the known rate that is used, in 1/64...1.
    private var share = 1.0
    private var pausedUntil = Duration.zero
    private var refusals = 0
    /// Requests admitted since `windowStart`. They give an estimate if no rate is known.
    private var admitted = 0
    private var windowStart: Duration
    /// Whether the rate of requests is an estimate after a status 429. It grows until the next one.
    private var isRateEstimated = false

    init(_ limits: RateLimiter.Limits, now: Duration) {
        windowStart = now
        if let limit = limits.requestsPerMinute { buckets[.requests] = TokenBucket(perMinute: limit, now: now) }
        if let limit = limits.tokensPerMinute { buckets[.tokens] = TokenBucket(perMinute: limit, now: now) }
    }

    func pause(at now: Duration) -> Duration { max(.zero, pausedUntil - now) }

    func perMinute(_ kind: RateLimitReading.Kind) -> Double? { buckets[kind].map { $0.perSecond * 60 * share } }

    /// Counts a request and returns nil, or returns the necessary delay.
    mutating func take(_ cost: RateLimiter.Cost, now: Duration) -> Hold? {
        guard pause(at: now) == .zero else {
            return Hold(delay: pause(at: now), reason: "it asked for a pause")
        }
        refill(now)
        var hold: Hold?
        for kind in RateLimitReading.Kind.allCases {
            guard let bucket = buckets[kind] else { continue }
            let delay = bucket.delay(for: cost.amount(of: kind))
            guard delay > hold?.delay ?? .zero else { continue }
            let limit = Int(min(bucket.capacity, 1e15))
            hold = Hold(delay: delay, reason: "its limit of \(limit) \(kind.shown) is used up")
        }
        if let hold { return hold }
        for kind in RateLimitReading.Kind.allCases { buckets[kind]?.level -= cost.amount(of: kind) }
        if now - windowStart > .seconds(60) {
            windowStart = now
            admitted = 0
        }
        admitted += 1
        return nil
    }

    mutating func settle(_ estimate: RateLimiter.Cost, actual: RateLimiter.Cost, now: Duration) {
        refill(now)
        for kind in RateLimitReading.Kind.allCases {
            guard var bucket = buckets[kind] else { continue }
            bucket.level = min(bucket.capacity, bucket.level + estimate.amount(of: kind) - actual.amount(of: kind))
            buckets[kind] = bucket
        }
    }

    mutating func learn(from head: HTTPResponseHead, retryAfter: Duration?, now: Duration, date: Double) {
        refill(now)
        // Dates refer to the server's own clock.
        let date = RetryPolicy.serverDate(in: head.headers) ?? date
        for reading in RateLimitReading.readings(in: head.headers, at: date) { learn(reading, now: now) }
        let retryAfter = retryAfter ?? RetryPolicy.serverDelay(in: head.headers, now: date)
        if head.status == 429 {
            // Requests that were in flight when the pause began add no information.
            if pause(at: now) == .zero { slowDown(now) }
            refusals += 1
            let backOff = Duration.seconds(min(30, 1 << min(refusals - 1, 5)))
            pausedUntil = max(pausedUntil, now + (retryAfter ?? backOff))
        } else if let retryAfter, [503, 529].contains(head.status) {
            pausedUntil = max(pausedUntil, now + retryAfter)
        } else if head.isSuccess {
            refusals = 0
            speedUp()
        }
    }

    private mutating func refill(_ now: Duration) {
        for kind in RateLimitReading.Kind.allCases {
            guard var bucket = buckets[kind] else { continue }
            bucket.perSecond *= share
            bucket.refill(now)
            bucket.perSecond = buckets[kind]?.perSecond ?? 0
            buckets[kind] = bucket
        }
    }

    private mutating func learn(_ reading: RateLimitReading, now: Duration) {
        guard let limit = reading.limit else {
            if buckets[reading.kind] == nil, reading.remaining == 0, let reset = reading.reset {
                // Nothing remains of an unknown limit: treat the reset as a pause.
                pausedUntil = max(pausedUntil, now + reset)
            }
            return lower(reading)
        }
        guard limit > 0 else { return }
        let isNew = buckets[reading.kind] == nil || (isRateEstimated && reading.kind == .requests)
        if reading.kind == .requests { isRateEstimated = false }
        let fresh = TokenBucket(perMinute: limit, now: now)
        var bucket = isNew ? fresh : buckets[reading.kind] ?? fresh
        if bucket.capacity != limit {
            bucket.perSecond = limit / 60
            bucket.capacity = limit
        }
        buckets[reading.kind] = bucket
        lower(reading)
        if let remaining = reading.remaining,
            let rate = Self.perSecond(limit, remaining: remaining, reset: reading.reset ?? .zero)
        {
            buckets[reading.kind]?.perSecond = rate
        }
    }

    /// Lowers the level to what remains. Does nothing without a known limit.
    private mutating func lower(_ reading: RateLimitReading) {
        // Zero without a reset time would block all requests forever.
        guard let remaining = reading.remaining, remaining > 0 || (reading.reset ?? .zero) > .zero,
            let level = buckets[reading.kind]?.level
        else { return }
        buckets[reading.kind]?.level = min(level, remaining)
    }

    /// The refill rate, computed from the time until the full limit is available: some limits are per second or per
    /// day. Nil if too little was used to compute it.
    private static func perSecond(_ limit: Double, remaining: Double, reset: Duration) -> Double? {
        let used = limit - remaining
        guard reset > .zero, used >= limit / 10 else { return nil }
        let window = reset.inSeconds * limit / used
        // Resets are rounded and `remaining` is from another moment, so about a minute counts as a minute.
        return limit / ((30...240).contains(window) ? 60 : window)
    }

    private mutating func slowDown(_ now: Duration) {
        if buckets.isEmpty {
            // Half of the rejected rate. A few requests in a moment do not measure the rate of a minute.
            let seconds = max(1, (now - windowStart).inSeconds)
            let guess = max(30, Double(admitted) / seconds * 60 / 2)
            buckets[.requests] = TokenBucket(perMinute: guess, now: now)
            isRateEstimated = true
        } else {
            share = max(1.0 / 64, share / 2)
        }
    }

    private mutating func speedUp() {
        share = min(1, share + 0.05)
        guard isRateEstimated, share == 1, var bucket = buckets[.requests] else { return }
        bucket.capacity += 1
        bucket.perSecond = bucket.capacity / 60
        buckets[.requests] = bucket
    }
}

extension RateLimiter.Cost {
    fileprivate func amount(of kind: RateLimitReading.Kind) -> Double {
        switch kind {
        case .requests: 1
        case .tokens: Double(inputTokens) + Double(outputTokens)
        case .inputTokens: Double(inputTokens)
        case .outputTokens: Double(outputTokens)
        }
    }
}

extension RateLimitReading.Kind {
    var shown: String {
        switch self {
        case .requests: "requests"
        case .tokens: "tokens"
        case .inputTokens: "input tokens"
        case .outputTokens: "output tokens"
        }
    }
}
