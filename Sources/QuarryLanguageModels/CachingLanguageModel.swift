public import QuarryCore

/// Returns the cached reply of a model to an equal request.
///
///     let model = CachingLanguageModel(remote, cache: cache, indexState: revision)
///
/// Only complete replies are stored: none that was cut, filtered, broken off, or written by another model of a chain.
/// In a ``FallbackLanguageModel``, wrap each member, not the chain. A cached reply is announced by `.cached` and costs
/// nothing.
public struct CachingLanguageModel: LanguageModel {
    private let model: any LanguageModel
    private let cache: any AnswerCache
    private let identity: String
    private let indexState: String
    private let report: @Sendable (any Error) -> Void

    /// - `indexState`: Changes with every change of the index.
    /// - `onFailure`: Receives errors of the cache. The model is called anyway.
    public init(
        _ model: RemoteLanguageModel, cache: any AnswerCache, indexState: String,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.init(model, identity: model.identity, cache: cache, indexState: indexState, onFailure: onFailure)
    }

    /// - `identity`: Identifies the model and its provider uniquely: models of equal identity give equal replies.
    public init(
        _ model: any LanguageModel, identity: String, cache: any AnswerCache, indexState: String,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.model = model
        self.identity = identity
        self.cache = cache
        self.indexState = indexState
        report = onFailure
    }

    public var name: String { model.name }

    public func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let task = Task {
            do {
                let key = try AnswerCacheKey(request: request, identity: identity, indexState: indexState)
                if let known = try await kept(for: key) {
                    continuation.yield(.cached)
                    if !known.text.isEmpty { continuation.yield(.text(known.text)) }
                    continuation.yield(.finished(.stop, TokenUsage(input: 0, output: 0)))
                } else {
                    try await ask(request, key) { continuation.yield($0) }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func kept(for key: AnswerCacheKey) async throws -> CachedReply? {
        try Task.checkCancellation()
        do {
            return try await cache.reply(for: key)
        } catch {
            try Task.checkCancellation()
            report(error)
            return nil
        }
    }

    private func ask(
        _ request: GenerationRequest, _ key: AnswerCacheKey, _ yield: (GenerationEvent) -> Void
    ) async throws {
        var text = ""
        var isOwn = true
        for try await event in model.generate(request) {
            switch event {
            case .text(let piece): text += piece
            case .switched, .cached: isOwn = false
            case .finished(.stop, let usage) where isOwn && !text.isEmpty:
                // Stored before the end is reported, so that a caller who has read the end finds the reply.
                do {
                    try await cache.store(CachedReply(text: text, usage: usage), for: key)
                } catch {
                    report(error)
                }
            case .finished: break
            }
            yield(event)
        }
        try Task.checkCancellation()
    }
}
