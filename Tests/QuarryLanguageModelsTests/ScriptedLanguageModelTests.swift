import QuarryCore
import QuarryTesting
import Testing

@Suite struct ScriptedLanguageModelTests {
    @Test func `it streams its pieces and records the request`() async throws {
        let model = ScriptedLanguageModel("Apples ", "[1].", usage: TokenUsage(input: 1, output: 2))
        let request = GenerationRequest(messages: [Message(.user, "What grows?")])
        var events: [GenerationEvent] = []
        for try await event in model.generate(request) { events.append(event) }
        #expect(
            events == [.text("Apples "), .text("[1]."), .finished(.stop, TokenUsage(input: 1, output: 2))])
        #expect(model.requests == [request])
    }

    @Test func `it conforms`() async throws {
        try await verifyLanguageModel(ScriptedLanguageModel("Apples."))
    }

    @Test func `the suite finds the faults of a model`() async {
        struct Broken: LanguageModel {
            let name = "broken"
            let events: [GenerationEvent]
            func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
                AsyncThrowingStream { continuation in
                    for event in events { continuation.yield(event) }
                    continuation.finish()
                }
            }
        }
        let scripts: [[GenerationEvent]] = [
            [], [.text("x")], [.finished(.stop, nil)], [.text("x"), .finished(.stop, nil), .text("y")],
            [.text("x"), .finished(.stop, TokenUsage(input: -1, output: 0))],
        ]
        for events in scripts {
            await #expect(throws: ConformanceFailure.self) { try await verifyLanguageModel(Broken(events: events)) }
        }
    }
}
