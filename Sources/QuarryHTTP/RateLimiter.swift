import Synchronization

/// Keeps requests within a provider's limits of requests and tokens a minute.
///
/// Callers wait in the order they came. The limits are those given, those that the provider's header fields tell, and
/// less of either once it refused a request for being too many: each 429 halves the pace, each answer afterwards
/// brings back a twentieth of it. A provider that asks for a pause gives everybody one.
package final class RateLimiter: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Nil where nothing is known.
        package var requestsPerMinute: Double?
        /// Input and output together; nil where nothing is known.
        package var tokensPerMinute: Double?

        package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil) {
            self.requestsPerMinute = requestsPerMinute
            self.tokensPerMinute = tokensPerMinute
        }
    }

    /// What one request takes.
    package struct Cost: Sendable, Hashable {
        package var inputTokens: Int
        package var outputTokens: Int

        package init(inputTokens: Int = 0, outputTokens: Int = 0) {
            self.inputTokens = max(0, inputTokens)
            self.outputTokens = max(0, outputTokens)
        }
    }

    /// What is waited for at most, before one request, whether the server asked for a pause or a limit is used up. The
    /// default is 15 min.
    package let maximumWait: Duration
    private let name: String
    private let clock: WaitingClock
    private let onWait: (@Sendable (_ delay: Duration, _ reason: String) -> Void)?
    private let state: Mutex<RateLimiterState>
    private let turnstile = ConcurrencyLimit(1)

    /// - Parameters:
    ///   - name: Whose limits these are, for errors.
    ///   - onWait: Told once, at its beginning, of each wait of ``noticeableWait`` or more.
    package init(
        _ limits: Limits = .init(), of name: String = "The server", maximumWait: Duration = .seconds(900),
        clock: WaitingClock = .system, onWait: (@Sendable (_ delay: Duration, _ reason: String) -> Void)? = nil
    ) {
        self.maximumWait = maximumWait
        self.name = name
        self.clock = clock
        self.onWait = onWait
        self.state = Mutex(RateLimiterState(limits, now: clock.now()))
    }

    /// Shorter waits are told to nobody.
    package static let noticeableWait = Duration.seconds(5)

    /// Waits until a request of this cost may be sent, and counts it.
    ///
    /// - Throws: `CancellationError`, and ``HTTPError`` with code `rateLimited` where that takes longer than
    ///   ``maximumWait``. Nothing is counted then.
    package func wait(for cost: Cost = .init()) async throws {
        try await turnstile.run {
            var isTold = false
            while true {
                let now = clock.now()
                guard let hold = state.withLock({ $0.take(cost, now: now) }) else { return }
                guard hold.delay <= maximumWait else {
                    throw HTTPError(
                        .rateLimited,
                        "\(name) lets no such request through for another \(hold.delay.shownSeconds), until "
                            + "\(Self.date(in: hold.delay, clock)): \(hold.reason). More than \(maximumWait.shownSeconds) are "
                            + "not waited for. Run the same command again then, what was done before is kept; or name "
                            + "another model.")
                }
                if !isTold, hold.delay >= Self.noticeableWait {
                    isTold = true
                    onWait?(hold.delay, hold.reason)
                }
                // Woken now and then: an answer meanwhile may have told of better limits.
                try await clock.sleep(min(hold.delay, .seconds(1)))
            }
        }
    }

    /// The time after a delay, such as `2026-11-22 21:00:00 UTC`.
    private static func date(in delay: Duration, _ clock: WaitingClock) -> String {
        UTCTime.text(secondsSince1970: clock.date() + delay.inSeconds)
    }

    /// Counts a request of this cost if it may be sent now, and nobody waits.
    /// - Returns: Whether it may.
    package func takeIfFree(for cost: Cost = .init()) -> Bool {
        guard let permit = turnstile.enterIfFree() else { return false }
        defer { permit.leave() }
        let now = clock.now()
        return state.withLock { $0.take(cost, now: now) } == nil
    }

    /// Learns from a response, whatever its status.
    /// - Parameter asked: The wait that its body asks for, where it does: that goes before its header fields.
    package func learn(from head: HTTPResponseHead, asked: Duration? = nil) {
        let (now, date) = (clock.now(), clock.date())
        state.withLock { $0.learn(from: head, asked: asked, now: now, date: date) }
    }

    /// Corrects an estimate once the provider told what the request took.
    package func settle(_ estimate: Cost, actual: Cost) {
        let now = clock.now()
        state.withLock { $0.settle(estimate, actual: actual, now: now) }
    }

    /// How long the provider's pause still lasts; zero without one.
    package var pause: Duration { state.withLock { $0.pause(at: clock.now()) } }

    /// How many of a kind a minute are allowed now; nil where nothing limits them.
    package func perMinute(_ kind: RateLimitReading.Kind) -> Double? {
        state.withLock { $0.perMinute(kind) }
    }
}

/// The limits and levels of a ``RateLimiter`` at an instant, as a value.
struct RateLimiterState: Sendable {
    /// Why a request has to wait, and how long.
    struct Hold: Sendable {
        var delay: Duration
        /// Such as “the limit of 100 requests is used up”.
        var reason: String
    }

    private var buckets: [RateLimitReading.Kind: TokenBucket] = [:]
    /// The part of the known pace that is used, in 1/64...1.
    private var share = 1.0
    private var pausedUntil = Duration.zero
    private var refusals = 0
    /// Requests let through since `windowStart`, to tell a pace where none is known.
    private var admitted = 0
    private var windowStart: Duration
    /// Whether the bucket of requests is a guess after a refusal, which grows until the next one.
    private var isPaceGuessed = false

    init(_ limits: RateLimiter.Limits, now: Duration) {
        windowStart = now
        if let limit = limits.requestsPerMinute { buckets[.requests] = TokenBucket(perMinute: limit, now: now) }
        if let limit = limits.tokensPerMinute { buckets[.tokens] = TokenBucket(perMinute: limit, now: now) }
    }

    func pause(at now: Duration) -> Duration { max(.zero, pausedUntil - now) }

    func perMinute(_ kind: RateLimitReading.Kind) -> Double? { buckets[kind].map { $0.perSecond * 60 * share } }

    /// Counts a request and returns nil, or returns how long it has to wait.
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

    mutating func learn(from head: HTTPResponseHead, asked: Duration?, now: Duration, date: Double) {
        refill(now)
        // Dates are meant by the server's own clock.
        let date = RetryPolicy.serverDate(in: head.headers) ?? date
        for reading in RateLimitReading.readings(in: head.headers, at: date) { learn(reading, now: now) }
        let asked = asked ?? RetryPolicy.serverDelay(in: head.headers, now: date)
        if head.status == 429 {
            // Requests that were on their way when the pause began say nothing new.
            if pause(at: now) == .zero { slowDown(now) }
            refusals += 1
            let backOff = Duration.seconds(min(30, 1 << min(refusals - 1, 5)))
            pausedUntil = max(pausedUntil, now + (asked ?? backOff))
        } else if let asked, [503, 529].contains(head.status) {
            pausedUntil = max(pausedUntil, now + asked)
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
                // No limit is told, and none of it is left: that is a pause.
                pausedUntil = max(pausedUntil, now + reset)
            }
            return lower(reading)
        }
        guard limit > 0 else { return }
        let isNew = buckets[reading.kind] == nil || (isPaceGuessed && reading.kind == .requests)
        if reading.kind == .requests { isPaceGuessed = false }
        let fresh = TokenBucket(perMinute: limit, now: now)
        var bucket = isNew ? fresh : buckets[reading.kind] ?? fresh
        if bucket.capacity != limit {
            bucket.perSecond = limit / 60
            bucket.capacity = limit
        }
        buckets[reading.kind] = bucket
        lower(reading)
        if let remaining = reading.remaining,
            let pace = Self.perSecond(limit, remaining: remaining, reset: reading.reset ?? .zero)
        {
            buckets[reading.kind]?.perSecond = pace
        }
    }

    /// What remains tells no limit: where none is known, there is nothing to lower.
    private mutating func lower(_ reading: RateLimitReading) {
        // Zero without a reset says nothing: it would hold everything up for good.
        guard let remaining = reading.remaining, remaining > 0 || (reading.reset ?? .zero) > .zero,
            let level = buckets[reading.kind]?.level
        else { return }
        buckets[reading.kind]?.level = min(level, remaining)
    }

    /// The pace at which a limit comes back, which the time until it is whole again tells: some count by the second or
    /// by the day. Nil where too little was used to tell.
    private static func perSecond(_ limit: Double, remaining: Double, reset: Duration) -> Double? {
        let used = limit - remaining
        guard reset > .zero, used >= limit / 10 else { return nil }
        let window = reset.inSeconds * limit / used
        // Resets are rounded, and the rest is told at another moment: about a minute is a minute.
        return limit / ((30...240).contains(window) ? 60 : window)
    }

    private mutating func slowDown(_ now: Duration) {
        if buckets.isEmpty {
            // Half of what it just refused; a few requests in a moment are no measure of a minute's pace.
            let seconds = max(1, (now - windowStart).inSeconds)
            let guess = max(30, Double(admitted) / seconds * 60 / 2)
            buckets[.requests] = TokenBucket(perMinute: guess, now: now)
            isPaceGuessed = true
        } else {
            share = max(1.0 / 64, share / 2)
        }
    }

    private mutating func speedUp() {
        share = min(1, share + 0.05)
        guard isPaceGuessed, share == 1, var bucket = buckets[.requests] else { return }
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
