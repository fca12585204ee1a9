import QuarryCore
package import QuarryLanguageModels

extension AnswerStore: AnswerCache {
    package func reply(for key: AnswerCacheKey) async throws -> CachedReply? {
        try await reply(for: ContentHash(of: key.bytes).bytes).map { CachedReply(text: $0.text, usage: $0.usage) }
    }

    package func store(_ reply: CachedReply, for key: AnswerCacheKey) async throws {
        try await store(Reply(text: reply.text, usage: reply.usage), for: ContentHash(of: key.bytes).bytes)
    }
}
