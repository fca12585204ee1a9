import Foundation
package import QuarryCore

/// The semantic cache: finds the answer to an earlier question with nearly the same meaning.
///
/// Tell the user about it, because near questions can still ask for different things.
package struct SimilarAnswers: Sendable {
    private let store: AnswerStore
    private let threshold: Double
    private let scope: [UInt8]

    /// - `threshold`: The minimum cosine of two questions that count as the same.
    /// - `scope`: Everything else that must be equal: the state of the index, the models, the options.
    package init(store: AnswerStore, threshold: Double, scope: [String]) {
        self.store = store
        self.threshold = threshold
        // Each part follows its length, so that different lists give different bytes.
        self.scope = scope.flatMap { Array("\($0.utf8.count):\($0)".utf8) }
    }

    /// The reply to the nearest earlier question, marked as such; nil if none is near enough.
    ///
    /// - `vector`: The question's vector, of unit length.
    package func reply(to question: String, vector: QueryVector) async throws -> QueryReply? {
        guard
            let found = try await store.similarReply(to: vector.values, in: scope, atLeast: threshold),
            var reply = try? JSONDecoder().decode(QueryReply.self, from: Data(found.reply.text.utf8)),
            reply.hasWholeRanges
        else { return nil }
        reply.similarQuestion = .init(question: found.question, similarity: Double(found.similarity))
        reply.question = question
        reply.cached = true
        return reply
    }

    /// Stores an answer, unless it was refused, cut off or taken from the cache.
    package func keep(_ reply: QueryReply, vector: QueryVector) async throws {
        guard reply.answer != nil, reply.refused == false, reply.similarQuestion == nil, reply.warnings.isEmpty else {
            return
        }
        let json = String(decoding: try JSONEncoder().encode(reply), as: UTF8.self)
        try await store.store(
            AnswerStore.Reply(text: json, usage: reply.usage), to: reply.question, vector: vector.values, in: scope)
    }
}
