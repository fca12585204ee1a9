import QuarryHTTP
import Synchronization

/// How one provider is asked: so many requests at a time, no faster than it allows, and not while it is down.
///
/// Providers limit each model apart, and often each task: a pause that one is asked for holds back no other.
final class ProviderManners: Sendable {
    private let places: ConcurrencyLimit
    private let limits: RateLimiter.Limits
    private let provider: String
    private let maximumWait: Duration
    private let onWait: (@Sendable (ProviderWait) -> Void)?
    private let limiters = Mutex<[Allowance: RateLimiter]>([:])
    private let breaker: CircuitBreaker

    /// What a provider counts by.
    private struct Allowance: Hashable {
        var task: ModelTask
        var model: String
    }

    /// - Parameter onWait: Told of waits for the provider's limits.
    init(
        _ limits: RequestLimits, of provider: String, concurrency: Int, attempts: Int,
        onWait: (@Sendable (ProviderWait) -> Void)?
    ) {
        self.provider = provider
        self.onWait = onWait
        maximumWait = .seconds(limits.maximumWaitSeconds)
        places = ConcurrencyLimit(concurrency)
        self.limits = .init(
            requestsPerMinute: limits.requestsPerMinute.map(Double.init),
            tokensPerMinute: limits.tokensPerMinute.map(Double.init))
        // Requests side by side fail together: each may make all its attempts before others are held back.
        breaker = CircuitBreaker(threshold: max(5, attempts * concurrency))
    }

    /// The turn of one call, whose attempts each cost its estimate.
    /// - Parameter endsOnArrival: Whether another call may begin as soon as the reply is there.
    func turn(_ task: ModelTask, model: String, estimate: BilledUsage, endsOnArrival: Bool) -> ProviderTurn {
        ProviderTurn(
            places, limiter(Allowance(task: task, model: model)), breaker, cost: Self.cost(of: estimate),
            endsOnArrival: endsOnArrival)
    }

    /// Corrects a call's estimate once the provider told what it took.
    func settle(_ call: ProviderCall, actual: BilledUsage) {
        limiter(Allowance(task: call.task, model: call.model)).settle(
            Self.cost(of: call.estimate), actual: Self.cost(of: actual))
    }

    private func limiter(_ allowance: Allowance) -> RateLimiter {
        limiters.withLock { limiters in
            if let known = limiters[allowance] { return known }
            let model = "\(provider)/\(allowance.model)"
            let limiter = RateLimiter(limits, of: model, maximumWait: maximumWait) { [onWait] delay, reason in
                onWait?(ProviderWait(model: model, duration: delay, reason: reason))
            }
            limiters[allowance] = limiter
            return limiter
        }
    }

    private static func cost(of usage: BilledUsage) -> RateLimiter.Cost {
        RateLimiter.Cost(
            inputTokens: usage.input + usage.cachedInput + usage.cacheWrite, outputTokens: usage.output)
    }
}
