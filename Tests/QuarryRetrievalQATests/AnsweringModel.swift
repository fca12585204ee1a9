import QuarryCore
import Synchronization

/// A language model that computes its reply from the request, and records the requests.
final class AnsweringModel: LanguageModel {
    let name = "answering"
    private let answer: @Sendable (GenerationRequest) -> String
    private let recorded = Mutex<[GenerationRequest]>([])

    init(_ answer: @escaping @Sendable (GenerationRequest) -> String) { self.answer = answer }

    var requests: [GenerationRequest] { recorded.withLock { $0 } }

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        recorded.withLock { $0.append(request) }
        let text = answer(request)
        return AsyncThrowingStream { continuation in
            continuation.yield(.text(text))
            continuation.yield(.finished(.stop, TokenUsage(input: 10, output: 2)))
            continuation.finish()
        }
    }
}
