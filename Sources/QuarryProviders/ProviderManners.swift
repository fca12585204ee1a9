import QuarryHTTP

/// How one provider is asked: so many requests at a time, no faster than it allows, and not while it is down.
struct ProviderManners: Sendable {
    let places: ConcurrencyLimit
    private let limiter: RateLimiter
    private let breaker: CircuitBreaker

    init(_ limits: RequestLimits, concurrency: Int) {
        places = ConcurrencyLimit(concurrency)
        limiter = RateLimiter(
            .init(
                requestsPerMinute: limits.requestsPerMinute.map(Double.init),
                tokensPerMinute: limits.tokensPerMinute.map(Double.init)))
        // Requests side by side fail together: one outage must not count as many.
        breaker = CircuitBreaker(threshold: max(5, 2 * concurrency))
    }

    /// The gate of one request, whose attempts each cost its estimate.
    func gate(for estimate: BilledUsage) -> some AttemptGate {
        Gate(limiter: limiter, breaker: breaker, cost: Self.cost(of: estimate))
    }

    /// Corrects an estimate once the provider told what the request took.
    func settle(_ estimate: BilledUsage, actual: BilledUsage) {
        limiter.settle(Self.cost(of: estimate), actual: Self.cost(of: actual))
    }

    private static func cost(of usage: BilledUsage) -> RateLimiter.Cost {
        RateLimiter.Cost(inputTokens: usage.input + usage.cachedInput, outputTokens: usage.output)
    }

    private struct Gate: AttemptGate {
        let limiter: RateLimiter
        let breaker: CircuitBreaker
        let cost: RateLimiter.Cost

        func enter() async throws -> any AttemptPass {
            let attempt = try breaker.attempt()
            try await limiter.wait(for: cost)
            return Pass(limiter: limiter, attempt: attempt)
        }
    }

    private struct Pass: AttemptPass {
        let limiter: RateLimiter
        let attempt: CircuitBreaker.Attempt

        func ended(with response: HTTPResponseHead) {
            limiter.learn(from: response)
            attempt.ended(with: response)
        }

        func ended(with error: any Error) { attempt.ended(with: error) }
    }
}
