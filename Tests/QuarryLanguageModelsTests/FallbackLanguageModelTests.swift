import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import QuarryTesting
import Synchronization
import Testing

@Suite struct FallbackLanguageModelTests {
    private let request = GenerationRequest(messages: [Message(.user, "What grows?")])
    private let good = ScriptedLanguageModel("Apples.", name: "good")

    private func failing(
        _ code: ProviderError.Code, _ pieces: String? = nil, name: String = "bad"
    ) -> ScriptedLanguageModel {
        let error = ProviderError(code, "\(name) is down.")
        guard let pieces else { return ScriptedLanguageModel(name: name, failingWith: error) }
        return ScriptedLanguageModel(pieces, name: name, failingWith: error)
    }

    private func events(_ models: [any LanguageModel], policy: FallbackPolicy = .init()) async throws
        -> [GenerationEvent]
    {
        var events: [GenerationEvent] = []
        for try await event in try FallbackLanguageModel(models, policy: policy).generate(request) {
            events.append(event)
        }
        return events
    }

    @Test func `the first model that replies is used`() async throws {
        #expect(try await events([good, failing(.unreachable)]) == [.text("Apples."), .finished(.stop, nil)])
        #expect(good.requests == [request])
        #expect(try FallbackLanguageModel([good]).name == "good")
    }

    @Test(arguments: [
        ProviderError.Code.unreachable, .unauthorized, .inputTooLong, .rateLimited, .quotaExhausted, .serverFailure,
        .timedOut, .refusedHost, .malformedReply, .budgetExceeded,
    ])
    func `a failure before any text triggers fallback with its reason`(code: ProviderError.Code) async throws {
        #expect(
            try await events([failing(code), failing(code, name: "worse"), good]) == [
                .switched(from: "bad", to: "worse", reason: "bad is down."),
                .switched(from: "worse", to: "good", reason: "worse is down."), .text("Apples."), .finished(.stop, nil),
            ])
    }

    @Test func `a provider that asks to wait for hours triggers fallback at once`() async throws {
        let server = try FakeHTTPServer { _ in .json("{}", status: 429, headers: [("Retry-After", "36000")]) }
        let busy = try RemoteLanguageModel(
            "busy", on: ProviderConnection(.openAICompatible(at: "\(server.url)/v1")))
        let events = try await events([busy, good])
        guard case .switched(from: "busy", to: "good", let reason) = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect(reason.contains("It asks to wait 36000 s, until 20"), "\(reason)")
        #expect(events.dropFirst() == [.text("Apples."), .finished(.stop, nil)])
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [ProviderError.Code.invalidInput, .contentFiltered])
    func `an error that the next model cannot fix does not trigger fallback`(code: ProviderError.Code) async throws {
        let error = await #expect(throws: ProviderError.self) { try await events([failing(code), good]) }
        #expect(error?.code == code)
        #expect(good.requests.isEmpty)
    }

    @Test func `an empty reply triggers fallback, unless no model is left or it was withheld`() async throws {
        let silent = ScriptedLanguageModel(name: "silent")
        #expect(
            try await events([silent, good]) == [
                .switched(from: "silent", to: "good", reason: "silent wrote nothing."), .text("Apples."),
                .finished(.stop, nil),
            ])
        #expect(try await events([failing(.unreachable), silent]).last == .finished(.stop, nil))
        let withheld = ScriptedLanguageModel(name: "withheld", finishing: .contentFilter)
        #expect(try await events([withheld, good]) == [.finished(.contentFilter, nil)])
    }

    @Test func `a model that cannot be opened triggers fallback and is opened again the next time`() async throws {
        let attempts = Mutex(0)
        let deferred = DeferredLanguageModel(name: "later") {
            let attempt = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            if attempt == 1 { throw ProviderError(.unauthorized, "No key.") }
            return ScriptedLanguageModel("Pears.")
        }
        #expect(
            try await events([deferred, good]) == [
                .switched(from: "later", to: "good", reason: "No key."), .text("Apples."), .finished(.stop, nil),
            ])
        for _ in 0..<2 { #expect(try await events([deferred, good]).first == .text("Pears.")) }
        #expect(attempts.withLock { $0 } == 2)
    }

    @Test func `the policy can be changed`() async throws {
        var policy = FallbackPolicy()
        policy.final = [.unreachable]
        #expect(try await events([failing(.contentFiltered), good], policy: policy).count == 3)
        await #expect(throws: ProviderError.self) { try await events([failing(.unreachable), good], policy: policy) }
        struct Odd: Error {}
        let odd = ScriptedLanguageModel(name: "odd", failingWith: Odd())
        #expect(try await events([odd, good], policy: policy).count == 3)
        policy.movesOnAfterForeignErrors = false
        await #expect(throws: Odd.self) { try await events([odd, good], policy: policy) }
    }

    @Test func `a failure after some text fails the reply`() async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await events([failing(.interruptedReply, "App"), good])
        }
        #expect(error?.code == .interruptedReply)
        #expect(good.requests.isEmpty)
    }

    @Test func `if text is held back, a failure after some of it triggers fallback`() async throws {
        var policy = FallbackPolicy()
        policy.holdsTextBack = true
        #expect(
            try await events([failing(.interruptedReply, "App"), good], policy: policy) == [
                .switched(from: "bad", to: "good", reason: "bad is down."), .text("Apples."), .finished(.stop, nil),
            ])
        let whole = ScriptedLanguageModel("App", "les.", name: "whole")
        #expect(
            try await events([whole, good], policy: policy) == [.text("App"), .text("les."), .finished(.stop, nil)])
        let last = await #expect(throws: ProviderError.self) {
            try await events([failing(.unreachable), failing(.interruptedReply, "App", name: "worse")], policy: policy)
        }
        #expect(last?.code == .interruptedReply)
        // An endless reply is not awaited.
        let endless = ScriptedLanguageModel(
            String(repeating: "a", count: 64 * request.maximumTokens), "b", name: "endless",
            failingWith: ProviderError(.interruptedReply, "Broken."))
        await #expect(throws: ProviderError.self) { try await events([endless, good], policy: policy) }
    }

    @Test func `an empty piece is not a first text`() async throws {
        #expect(
            try await events([failing(.interruptedReply, ""), good]) == [
                .switched(from: "bad", to: "good", reason: "bad is down."), .text("Apples."), .finished(.stop, nil),
            ])
    }

    @Test func `if one model failed only at this request, the error says so`() async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await events([failing(.unauthorized), failing(.requestRefused, name: "worse")])
        }
        #expect(error?.code == .requestRefused && error?.concernsOneInput == true)
    }

    @Test func `if all fail, one error lists the reasons`() async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await events([failing(.unreachable), failing(.unauthorized, name: "worse")])
        }
        #expect(error?.code == .unavailable)
        #expect(
            error?.message
                == "None of 2 models could answer.\nbad: bad is down.\nworse: worse is down.")
        let same = await #expect(throws: ProviderError.self) {
            try await events([failing(.unreachable), failing(.unreachable, name: "worse")])
        }
        #expect(same?.code == .unreachable)
        let only = await #expect(throws: ProviderError.self) { try await events([failing(.timedOut)]) }
        #expect(only?.message == "bad is down.")
        #expect(throws: ProviderError.self) { try FallbackLanguageModel([]) }
    }

    @Test func `a cancellation does not trigger fallback`() async throws {
        let cancelled = ScriptedLanguageModel(name: "c", failingWith: CancellationError())
        await #expect(throws: CancellationError.self) { try await events([cancelled, good]) }
        #expect(good.requests.isEmpty)
    }

    @Test func `it conforms`() async throws {
        try await verifyLanguageModel(FallbackLanguageModel([failing(.unreachable), good]))
    }
}
