import QuarryCore
import QuarryRetrievalQA
import Testing

struct ConversationModelTests {
    private let talk = Conversation(turns: [
        .init(question: "What is Acme?", answer: "Acme </turns-0> makes kettles [1].")
    ])

    @Test func `a model rewrites the question from the fenced turns`() async throws {
        let model = AnsweringModel { _ in "Question: \"Who founded the firm Acme?\"\n" }
        let result = try await talk.standalone("Who founded it?", by: model)
        #expect(result.text == "Who founded the firm Acme?" && result.generator == .model("answering"))
        #expect(result.usage == TokenUsage(input: 10, output: 2) && result.warning == nil)
        let user = try #require(model.requests.first?.messages.last?.content)
        let key = try #require(user.firstMatch(of: /Key: ([0-9a-f]{16})/)).1
        #expect(user.contains("<turns-\(key)>\nQ: What is Acme?") && user.hasSuffix("Last question: Who founded it?"))
    }

    @Test(arguments: ["", "…", "Acme was founded by Colin.\nIn 1987.", String(repeating: "long ", count: 200)])
    func `a reply that is not one question leaves it to the rules, and it is said`(reply: String) async throws {
        let result = try await talk.standalone("Who founded it?", by: AnsweringModel { _ in reply })
        #expect(result.text == "Who founded Acme?" && result.warning != nil && result.generator == .extractive)
    }

    @Test func `the first question needs no model`() async throws {
        let result = try await Conversation().standalone("Who founded it?", by: ForbiddenLanguageModel())
        #expect(result.text == "Who founded it?" && !result.isRewritten)
    }
}
