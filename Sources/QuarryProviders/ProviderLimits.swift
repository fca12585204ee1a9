import QuarryCore
import QuarryHTTP
import Synchronization

/// The limits of one provider: concurrent requests, request rates, and a circuit breaker.
///
/// Providers limit each model separately, and often each task. A pause of one does not delay the others.
final class ProviderLimits: Sendable {
    private let semaphore: AsyncSemaphore
    private let rates: RateLimiter.Limits
    private let provider: String
    private let maximumWait: Duration
    private let onWait: (@Sendable (RequestDelay) -> Void)?
    private let limiters = Mutex<[LimitedModel: RateLimiter]>([:])
    private let breaker: CircuitBreaker

    /// The unit of a provider's rate limits.
    private struct LimitedModel: Hashable {
        var task: ModelTask
        var name: String
    }

    /// - `onWait`: Called for delays that the provider's limits cause.
    init(
        _ limits: RequestLimits, of provider: String, concurrency: Int, attempts: Int,
        onWait: (@Sendable (RequestDelay) -> Void)?
    ) {
        self.provider = provider
        self.onWait = onWait
        maximumWait = .seconds(limits.maximumWaitSeconds)
        semaphore = AsyncSemaphore(concurrency)
        rates = .init(
            requestsPerMinute: limits.requestsPerMinute.map(Double.init),
            tokensPerMinute: limits.tokensPerMinute.map(Double.init))
        // Concurrent requests fail together, and each may use all its attempts before the circuit opens.
        breaker = CircuitBreaker(threshold: max(5, attempts * concurrency))
    }

    /// The slot of one call. Each of its attempts costs the estimate.
    /// - `releasesOnReply`: Whether another call may start as soon as the reply has arrived.
    func slot(_ task: ModelTask, model: String, estimate: BilledUsage, releasesOnReply: Bool) -> RequestSlot {
        RequestSlot(
            semaphore, limiter(LimitedModel(task: task, name: model)), breaker, cost: Self.cost(of: estimate),
            releasesOnReply: releasesOnReply)
    }

    /// Corrects a call's estimate with the usage that the provider reports.
    func settle(_ call: ProviderCall, actual: BilledUsage) {
        limiter(LimitedModel(task: call.task, name: call.model)).settle(
            Self.cost(of: call.estimate), actual: Self.cost(of: actual))
    }

    private func limiter(_ model: LimitedModel) -> RateLimiter {
        limiters.withLock { limiters in
            if let known = limiters[model] { return known }
            let name = "\(provider)/\(model.name)"
            let limiter = RateLimiter(rates, of: name, maximumWait: maximumWait) { [onWait] delay, reason in
                onWait?(RequestDelay(model: name, duration: delay, reason: reason))
            }
            limiters[model] = limiter
            return limiter
        }
    }

    private static func cost(of usage: BilledUsage) -> RateLimiter.Cost {
        RateLimiter.Cost(
            inputTokens: usage.input + usage.cachedInput + usage.cacheWrite, outputTokens: usage.output)
    }
}
