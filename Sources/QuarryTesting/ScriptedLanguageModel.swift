public import QuarryCore
import Synchronization

/// A language model for tests: it answers every request with the same pieces, and records the requests.
///
///     let model = ScriptedLanguageModel("Apples ", "[1].")
public final class ScriptedLanguageModel: LanguageModel {
    public let name: String
    private let script: [GenerationEvent]
    private let failure: (any Error)?
    private let recorded = Mutex<[GenerationRequest]>([])

    /// - `pieces`: The texts it streams, in order.
    /// - `name`: The default is `scripted`.
    /// - `usage`: The default is nil: no usage is reported.
    /// - `failure`: Thrown after the pieces instead of the end.
    public init(
        _ pieces: String..., name: String = "scripted", finishing reason: FinishReason = .stop,
        usage: TokenUsage? = nil, failingWith failure: (any Error)? = nil
    ) {
        self.name = name
        self.script = pieces.map { .text($0) } + (failure == nil ? [.finished(reason, usage)] : [])
        self.failure = failure
    }

    /// Every request so far, in order.
    public var requests: [GenerationRequest] { recorded.withLock { $0 } }

    public func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        recorded.withLock { $0.append(request) }
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        for event in script { continuation.yield(event) }
        continuation.finish(throwing: failure)
        return stream
    }
}
