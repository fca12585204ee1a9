public import QuarryCore
import QuarryProviders

/// Asks models in order until one answers.
///
///     let model = try FallbackLanguageModel([remote, local])
///
/// A model that fails before its first text gives way to the next, which `.switched` reports with the reason; one that
/// fails later fails the reply, since text was already handed out, unless ``FallbackPolicy/holdsTextBack`` says to wait
/// with it. An invalid request moves nobody on, see
/// ``FallbackPolicy``; a prompt that is too long does, for the next may read more, and so does a reply without a word.
public struct FallbackLanguageModel: LanguageModel {
    /// In the order in which they are asked.
    public let models: [any LanguageModel]
    public let policy: FallbackPolicy
    private let first: any LanguageModel

    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for an empty list.
    public init(_ models: [any LanguageModel], policy: FallbackPolicy = .init()) throws {
        guard let first = models.first else {
            throw ProviderError(.invalidConfiguration, "A chain of models needs at least one. Name it.")
        }
        self.models = models
        self.policy = policy
        self.first = first
    }

    /// The first model's name; `.switched` says where another one answers.
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

    /// One error in place of many; the only one as it is.
    private static func summary(of failures: [(model: String, error: any Error)]) -> any Error {
        guard failures.count > 1 else { return failures.first?.error ?? CancellationError() }
        let codes = failures.map { ($0.error as? ProviderError)?.code }
        let common = codes.dropFirst().allSatisfy { $0 == codes.first } ? codes.first ?? nil : nil
        // Where one of them failed at this request alone, another request may still be answered.
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
    /// Whether the caller has some of its text, or its end.
    private(set) var isHandedOut = false
    private var isHolding: Bool
    private var held: [GenerationEvent] = []
    private var heldBytes = 0
    private let limit: Int

    /// Far more than the tokens of any text have on average.
    private static let maximumBytesPerToken = 64

    init(holdsTextBack: Bool, maximumTokens: Int) {
        isHolding = holdsTextBack
        let (product, isTooMuch) = maximumTokens.multipliedReportingOverflow(by: Self.maximumBytesPerToken)
        limit = isTooMuch ? .max : product
    }

    /// Hands an event out, or keeps it for later. A text without a character says nothing.
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

    /// Hands out what was kept; what comes later is not kept any more.
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
