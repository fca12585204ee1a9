public import QuarryCore
import Synchronization

/// A language model that is opened by its first request, such as a later one of a chain.
///
/// An error of opening, such as a missing key or an unreachable server, is thrown by the request, so that
/// ``FallbackLanguageModel`` can continue with the next model. The next request opens the model again.
public final class DeferredLanguageModel: LanguageModel {
    public let name: String
    private let open: @Sendable () async throws -> any LanguageModel
    private let opened = Mutex<(any LanguageModel)?>(nil)

    /// - Parameters:
    ///   - name: The model's name, also after opening.
    ///   - open: Called until it returns a model.
    public init(name: String, open: @escaping @Sendable () async throws -> any LanguageModel) {
        self.name = name
        self.open = open
    }

    public func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let task = Task {
            do {
                for try await event in try await model().generate(request) { continuation.yield(event) }
                try Task.checkCancellation()
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func model() async throws -> any LanguageModel {
        if let model = opened.withLock({ $0 }) { return model }
        let model = try await open()
        opened.withLock { $0 = model }
        return model
    }
}
