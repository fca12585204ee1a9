import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTesting
import Synchronization
import Testing

private struct CacheFailure: Error {}

private final class DictionaryCache: AnswerCache {
    private let state = Mutex<[AnswerCacheKey: CachedReply]>([:])
    private let isBroken: Bool

    init(isBroken: Bool = false) { self.isBroken = isBroken }

    var count: Int { state.withLock { $0.count } }

    func reply(for key: AnswerCacheKey) async throws -> CachedReply? {
        if isBroken { throw CacheFailure() }
        return state.withLock { $0[key] }
    }

    func store(_ reply: CachedReply, for key: AnswerCacheKey) async throws {
        if isBroken { throw CacheFailure() }
        state.withLock { $0[key] = reply }
    }
}

@Suite struct CachingLanguageModelTests {
    private let request = GenerationRequest(messages: [Message(.user, "What grows?")])

    private func events(
        _ model: any LanguageModel, _ cache: DictionaryCache, state: String = "1",
        onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) async throws -> [GenerationEvent] {
        let caching = CachingLanguageModel(
            model, identity: "test m", cache: cache, indexState: state, onFailure: onFailure)
        var events: [GenerationEvent] = []
        for try await event in caching.generate(request) { events.append(event) }
        return events
    }

    @Test func `an equal request is answered once`() async throws {
        let model = ScriptedLanguageModel("App", "les.", usage: TokenUsage(input: 9, output: 2))
        let cache = DictionaryCache()
        #expect(
            try await events(model, cache) == [
                .text("App"), .text("les."), .finished(.stop, TokenUsage(input: 9, output: 2)),
            ])
        #expect(
            try await events(model, cache) == [
                .cached, .text("Apples."), .finished(.stop, TokenUsage(input: 0, output: 0)),
            ])
        #expect(model.requests.count == 1)
        #expect(try await events(model, cache, state: "2").first == .text("App"))
        #expect(model.requests.count == 2 && cache.count == 2)
    }

    @Test func `only complete replies of its own model are cached`() async throws {
        let cache = DictionaryCache()
        let error = ProviderError(.interruptedReply, "It broke off.")
        await #expect(throws: ProviderError.self) {
            try await events(ScriptedLanguageModel("App", failingWith: error), cache)
        }
        for reason in [FinishReason.length, .contentFilter, .other("tool")] {
            _ = try await events(ScriptedLanguageModel("App", finishing: reason), cache)
        }
        _ = try await events(ScriptedLanguageModel(), cache)
        let chain = try FallbackLanguageModel([
            ScriptedLanguageModel(name: "bad", failingWith: error), ScriptedLanguageModel("Apples."),
        ])
        #expect(try await events(chain, cache).count == 3)
        #expect(cache.count == 0)
    }

    @Test func `a failing cache is reported, and the model is called`() async throws {
        let box = FailureCount()
        let replies = try await events(ScriptedLanguageModel("Apples."), DictionaryCache(isBroken: true)) {
            if $0 is CacheFailure { box.add() }
        }
        #expect(replies == [.text("Apples."), .finished(.stop, nil)])
        #expect(box.count == 2)
    }

    @Test func `it conforms`() async throws {
        let cache = DictionaryCache()
        try await verifyLanguageModel(
            CachingLanguageModel(
                ScriptedLanguageModel("Apples."), identity: "m", cache: cache, indexState: "", onFailure: { _ in }))
        #expect(cache.count == 1)
    }

    @Test func `any change of any part changes the key`() throws {
        let picture = Message.Image(mediaType: "image/png", bytes: [1, 2])
        let base = GenerationRequest(
            messages: [Message(.system, "s"), Message(.user, "ab", images: [picture])], maximumTokens: 5,
            temperature: 0.5, stop: ["x", "y"], seed: 1)
        let changes: [(inout GenerationRequest) -> Void] = [
            { $0.messages[0].content = "t" }, { $0.messages[0].role = .assistant }, { $0.messages.swapAt(0, 1) },
            { $0.messages.removeFirst() }, { $0.messages.append(Message(.user, "")) },
            { $0.messages[1].content = "a" },
            {
                $0.messages[0].content = "sa"; $0.messages[1].content = "b"
            },
            { $0.messages[1].images = [] }, { $0.messages[1].images[0].bytes = [1, 3] },
            { $0.messages[1].images[0].mediaType = "image/gif" }, { $0.messages[1].images.append(picture) },
            { $0.maximumTokens = 6 }, { $0.temperature = 0.25 }, { $0.temperature = 0 }, { $0.stop = ["xy"] },
            { $0.stop = ["y", "x"] }, { $0.stop = [] }, { $0.seed = 2 }, { $0.seed = nil }, { $0.seed = 0 },
            { $0.maximumTokens = -5 },
        ]
        var keys: Set<AnswerCacheKey> = [try AnswerCacheKey(request: base, identity: "m", indexState: "1")]
        for change in changes {
            var request = base
            change(&request)
            keys.insert(try AnswerCacheKey(request: request, identity: "m", indexState: "1"))
        }
        keys.insert(try AnswerCacheKey(request: base, identity: "n", indexState: "1"))
        keys.insert(try AnswerCacheKey(request: base, identity: "m", indexState: "2"))
        keys.insert(try AnswerCacheKey(request: base, identity: "m1", indexState: ""))
        keys.insert(try AnswerCacheKey(request: base, identity: "", indexState: "m1"))
        #expect(keys.count == changes.count + 5)
        #expect(
            try AnswerCacheKey(request: base, identity: "m", indexState: "1")
                == AnswerCacheKey(request: base, identity: "m", indexState: "1"))
        var zero = base
        zero.temperature = 0
        var negativeZero = base
        negativeZero.temperature = -0.0
        #expect(
            try AnswerCacheKey(request: zero, identity: "m", indexState: "1")
                == AnswerCacheKey(request: negativeZero, identity: "m", indexState: "1"))
    }
}

private final class FailureCount: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
}
