import Foundation
package import QuarryCore

/// The semantic cache: finds the answer to an earlier question with nearly the same meaning.
///
/// Tell the user about it, because near questions can still ask for different things.
package struct SimilarAnswers: Sendable {
    private let store: AnswerStore
    private let threshold: Double
    private let conditions: [UInt8]

    /// - `threshold`: The minimum cosine of two questions that count as the same.
    /// - `conditions`: Everything besides the question and the index that an answer depends on. It is encoded as a
    ///   whole, so every part counts.
    package init(store: AnswerStore, threshold: Double, conditions: some Encodable) throws {
        self.store = store
        self.threshold = threshold
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        self.conditions = Array(try encoder.encode(conditions))
    }

    /// - `revision`: Of the index. It has no line breaks.
    private func scope(_ revision: String) -> [UInt8] { Array("\(revision)\n".utf8) + conditions }

    /// The reply to the nearest earlier question, marked as such; nil if none is near enough.
    ///
    /// - `vector`: The question's vector, of unit length.
    /// - `revision`: The state of the index to answer from.
    package func reply(to question: String, vector: QueryVector, revision: String) async throws -> QueryReply? {
        guard
            let found = try await store.similarReply(to: vector.values, in: scope(revision), atLeast: threshold),
            var reply = try? JSONDecoder().decode(QueryReply.self, from: Data(found.reply.text.utf8)),
            reply.hasWholeRanges
        else { return nil }
        reply.similarQuestion = .init(question: found.question, similarity: Double(found.similarity))
        reply.question = question
        reply.cached = true
        return reply
    }

    /// Stores an answer, unless it was refused, cut off or taken from the cache.
    ///
    /// - `revision`: The state of the index that was answered from.
    package func keep(_ reply: QueryReply, vector: QueryVector, revision: String) async throws {
        guard reply.answer != nil, reply.refused == false, reply.similarQuestion == nil, reply.warnings.isEmpty else {
            return
        }
        let json = String(decoding: try JSONEncoder().encode(reply), as: UTF8.self)
        try await store.store(
            AnswerStore.Reply(text: json, usage: reply.usage), to: reply.question, vector: vector.values,
            in: scope(revision))
    }
}
