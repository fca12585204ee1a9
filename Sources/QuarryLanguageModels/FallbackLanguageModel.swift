public import QuarryCore
import QuarryProviders

/// Calls models in order until one replies.
///
///     let model = try FallbackLanguageModel([remote, local])
///
/// If a model fails before its first text, the next one is called, and `.switched` reports the reason. A later failure
/// fails the reply, because text was already passed on, unless ``FallbackPolicy/holdsTextBack`` is true. An invalid
/// request does not trigger fallback, see ``FallbackPolicy``. A prompt that is too long does, because the next model
/// may accept it; so does an empty reply.
public struct FallbackLanguageModel: LanguageModel {
    /// In the order of calls.
    public let models: [any LanguageModel]
    public let policy: FallbackPolicy
    private let first: any LanguageModel

    /// - Throws: `ProviderError` with code `invalidConfiguration` for an empty list.
    public init(_ models: [any LanguageModel], policy: FallbackPolicy = .init()) throws {
        guard let first = models.first else {
            throw ProviderError(.invalidConfiguration, "A chain of models needs at least one. Name it.")
        }
        self.models = models
        self.policy = policy
        self.first = first
    }

    /// The first model's name; `.switched` reports any other.
    public var name: String { first.name }

    public func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let task = Task {
            do {
                try await ask(request) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func ask(_ request: GenerationRequest, _ yield: (GenerationEvent) -> Void) async throws {
        var failures: [(model: String, error: any Error)] = []
        for (position, model) in models.enumerated() {
            let isLast = position == models.count - 1
            if let last = failures.last {
                yield(.switched(from: last.model, to: model.name, reason: "\(last.error)"))
            }
            var reply = HeldReply(holdsTextBack: policy.holdsTextBack, maximumTokens: request.maximumTokens)
            do {
                for try await event in model.generate(request) {
                    if case .finished(let reason, _) = event {
                        guard reply.hasText || isLast || reason == .contentFilter else {
                            throw Self.silence(of: model)
                        }
                    }
                    reply.take(event, yield)
                }
                try Task.checkCancellation()
                reply.release(yield)
                return
            } catch {
                guard !reply.isHandedOut, !Task.isCancelled, policy.movesOn(after: error) else { throw error }
                failures.append((model.name, error))
            }
        }
        throw Self.summary(of: failures)
    }

    private static func silence(of model: any LanguageModel) -> ProviderError {
        ProviderError(.malformedReply, "\(model.name) wrote nothing.")
    }

    /// Combines several errors into one. A single error is unchanged.
    private static func summary(of failures: [(model: String, error: any Error)]) -> any Error {
        guard failures.count > 1 else { return failures.first?.error ?? CancellationError() }
        let codes = failures.map { ($0.error as? ProviderError)?.code }
        let common = codes.dropFirst().allSatisfy { $0 == codes.first } ? codes.first ?? nil : nil
        // If one of them failed only because of this request, other requests may still succeed.
        let ofRequest = failures.lazy.compactMap { $0.error as? ProviderError }.first(where: \.concernsOneInput)?.code
        let reasons = failures.map { "\($0.model): \($0.error)" }.joined(separator: "\n")
        return ProviderError(
            common ?? ofRequest ?? .unavailable, "None of \(failures.count) models could answer.\n\(reasons)",
            underlyingError: failures.last?.error)
    }
}

/// The reply of one model of a chain, on its way to the caller.
private struct HeldReply {
    private(set) var hasText = false
    /// Whether the caller has received text or the end.
    private(set) var isHandedOut = false
    private var isHolding: Bool
    private var held: [GenerationEvent] = []
    private var heldBytes = 0
    private let limit: Int

    /// Far above the average of any text.
    private static let maximumBytesPerToken = 64

    init(holdsTextBack: Bool, maximumTokens: Int) {
        isHolding = holdsTextBack
        let (product, isTooMuch) = maximumTokens.multipliedReportingOverflow(by: Self.maximumBytesPerToken)
        limit = isTooMuch ? .max : product
    }

    /// Passes an event on, or holds it back. Empty texts are ignored.
    mutating func take(_ event: GenerationEvent, _ yield: (GenerationEvent) -> Void) {
        switch event {
        case .text(""): return
        case .text(let piece):
            hasText = true
            heldBytes += piece.utf8.count
            if heldBytes > limit { release(yield) }
        case .finished: release(yield)
        case .switched, .cached: break
        }
        if isHolding {
            held.append(event)
        } else {
            hand(event, yield)
        }
    }

    /// Passes on all events held back. Later ones are not held back.
    mutating func release(_ yield: (GenerationEvent) -> Void) {
        isHolding = false
        for event in held { hand(event, yield) }
        held = []
    }

    private mutating func hand(_ event: GenerationEvent, _ yield: (GenerationEvent) -> Void) {
        switch event {
        case .text, .finished: isHandedOut = true
        case .switched, .cached: break
        }
        yield(event)
    }
}
