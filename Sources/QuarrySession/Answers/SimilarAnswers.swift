import Foundation
public import QuarryCore

/// Gives the answer to an earlier question that means nearly the same: the semantic cache.
///
/// Two questions that are near can still differ in what they ask, so whoever uses this says so with the answer.
public struct SimilarAnswers: Sendable {
    private let store: AnswerStore
    private let threshold: Double
    private let scope: [UInt8]

    /// - `threshold`: The least cosine of two questions that count as the same.
    /// - `scope`: All that must be equal for an answer to serve again: the state of the index, models, options.
    public init(store: AnswerStore, threshold: Double, scope: [String]) {
        self.store = store
        self.threshold = threshold
        // Lengths before the parts, so that no two lists share their bytes.
        self.scope = scope.flatMap { Array("\($0.utf8.count):\($0)".utf8) }
    }

    /// The reply to the nearest earlier question, marked as such; nil where none is near enough.
    ///
    /// - `vector`: Of the question, of unit length.
    public func reply(to question: String, vector: QueryVector) async throws -> QueryReply? {
        guard
            let found = try await store.similarReply(to: vector.values, in: scope, atLeast: threshold),
            var reply = try? JSONDecoder().decode(QueryReply.self, from: Data(found.reply.text.utf8))
        else { return nil }
        reply.similarQuestion = .init(question: found.question, similarity: Double(found.similarity))
        reply.question = question
        reply.cached = true
        return reply
    }

    /// Keeps an answer, unless it was refused, cut off, or itself repeated.
    public func keep(_ reply: QueryReply, vector: QueryVector) async throws {
        guard reply.answer != nil, reply.refused == false, reply.similarQuestion == nil, reply.warnings.isEmpty else {
            return
        }
        let json = String(decoding: try JSONEncoder().encode(reply), as: UTF8.self)
        try await store.store(
            AnswerStore.Reply(text: json, usage: reply.usage), to: reply.question, vector: vector.values, in: scope)
    }
}
