public import QuarryCore
import QuarryText
import Synchronization

/// An embedder that remembers the vectors of the questions it was asked last: searching, comparing sentences and looking
/// for similar questions all want the same one.
public final class RememberedQuestions: Embedder {
    private let embedder: any Embedder
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var vectors: [ExactText: EmbeddingBatch] = [:]
        /// The oldest first.
        var order: [ExactText] = []
    }

    /// - Parameter capacity: Questions that are remembered. The default is 16.
    public init(_ embedder: any Embedder, capacity: Int = 16) {
        self.embedder = embedder
        self.capacity = max(1, capacity)
    }

    public var fingerprint: EmbeddingFingerprint { embedder.fingerprint }
    public var preferredCount: Int { embedder.preferredCount }

    public func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        guard role == .query, texts.count == 1 else { return try await embedder.embed(texts, as: role) }
        let question = ExactText(texts[0])
        if let known = state.withLock({ $0.vectors[question] }) { return known }
        let batch = try await embedder.embed(texts, as: role)
        state.withLock { state in
            guard state.vectors.updateValue(batch, forKey: question) == nil else { return }
            state.order.append(question)
            if state.order.count > capacity { state.vectors[state.order.removeFirst()] = nil }
        }
        return batch
    }

    public func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        try await embedder.embed(texts, as: role, onPart: onPart)
    }
}
