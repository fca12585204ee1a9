import QuarryHTTP
import Synchronization

/// How one provider is asked: so many requests at a time, no faster than it allows, and not while it is down.
///
/// Providers limit each model apart, and often each task: a pause that one is asked for holds back no other.
final class ProviderManners: Sendable {
    let places: ConcurrencyLimit
    private let limits: RateLimiter.Limits
    private let limiters = Mutex<[Allowance: RateLimiter]>([:])
    private let breaker: CircuitBreaker

    /// What a provider counts by.
    private struct Allowance: Hashable {
        var task: ModelTask
        var model: String
    }

    init(_ limits: RequestLimits, concurrency: Int) {
        places = ConcurrencyLimit(concurrency)
        self.limits = .init(
            requestsPerMinute: limits.requestsPerMinute.map(Double.init),
            tokensPerMinute: limits.tokensPerMinute.map(Double.init))
        // Requests side by side fail together: one outage must not count as many.
        breaker = CircuitBreaker(threshold: max(5, 2 * concurrency))
    }

    /// The gate of one call, whose attempts each cost its estimate.
    func gate(for call: ProviderCall) -> some AttemptGate {
        Gate(limiter: limiter(for: call), breaker: breaker, cost: Self.cost(of: call.estimate))
    }

    /// Corrects a call's estimate once the provider told what it took.
    func settle(_ call: ProviderCall, actual: BilledUsage) {
        limiter(for: call).settle(Self.cost(of: call.estimate), actual: Self.cost(of: actual))
    }

    private func limiter(for call: ProviderCall) -> RateLimiter {
        let allowance = Allowance(task: call.task, model: call.model)
        return limiters.withLock { limiters in
            if let known = limiters[allowance] { return known }
            let limiter = RateLimiter(limits)
            limiters[allowance] = limiter
            return limiter
        }
    }

    private static func cost(of usage: BilledUsage) -> RateLimiter.Cost {
        RateLimiter.Cost(
            inputTokens: usage.input + usage.cachedInput + usage.cacheWrite, outputTokens: usage.output)
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

        func ended(with response: HTTPResponseHead, asked: Duration?) {
            limiter.learn(from: response, asked: asked)
            attempt.ended(with: response)
        }

        func ended(with error: any Error) { attempt.ended(with: error) }
    }
}
