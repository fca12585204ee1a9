import QuarryCore
import QuarryRetrievalQA
import QuarryTesting
import Testing

private let question = "Who signs the lease?"

struct QueryTransformTests {
    @Test func `the lines of a reply are questions, without numbers, bullets and what the question says already`()
        async throws
    {
        let model = ScriptedLanguageModel(
            "Here are three:\n1. Which tenant signs", " the contract?\n- “Whose signature has the lease?”\n\n",
            "• who SIGNS the lease\nWhich tenant signs the contract?\n…\n", usage: TokenUsage(input: 9, output: 4))
        let written = try await QueryTransform.multi.queries(for: "Hello, \(question) Thank you!", by: model)
        #expect(written.queries == ["Which tenant signs the contract?", "Whose signature has the lease?"])
        #expect(written.warning == nil && written.usage == TokenUsage(input: 9, output: 4))
        #expect(written.prompt.name == "multi-en" && written.prompt.sha256.count == 64)
        let request = try #require(model.requests.first)
        #expect(request.messages.last?.content == "Question: \(question)" && request.maximumTokens == 256)
    }

    @Test func `a reply gives no more and no longer texts than allowed`() async throws {
        let long = String(repeating: "lease ", count: 400)
        let lines = [long] + (1...9).map { "Who signs paper \($0)?" }
        let model = ScriptedLanguageModel(lines.joined(separator: "\n"))
        let written = try await QueryTransform.decompose.queries(for: question, by: model)
        #expect(written.queries == (1...QueryTransform.maximumCount).map { "Who signs paper \($0)?" })
        let passage = try await QueryTransform.hyde.queries(for: question, by: ScriptedLanguageModel(long, "\n", long))
        #expect(passage.queries.count == 1)
        #expect(passage.queries[0].utf8.count <= QueryTransform.maximumBytes && passage.queries[0].hasSuffix("lease"))
    }

    @Test func `a passage is one text, whatever its lines`() async throws {
        let model = ScriptedLanguageModel("The tenant signs.\n\n- So does", " the owner.")
        let written = try await QueryTransform.hyde.queries(for: question, by: model)
        #expect(written.queries == ["The tenant signs. - So does the owner."] && written.warning == nil)
    }

    @Test(arguments: QueryTransform.allCases, ["", " \n…\n", "<think>Hm, a lease.</think>"])
    func `a reply without words leaves the question, and it is said`(transform: QueryTransform, reply: String)
        async throws
    {
        let written = try await transform.queries(for: question, by: ScriptedLanguageModel(reply))
        #expect(written.queries.isEmpty && written.warning?.contains("alone") == true)
    }

    @Test func `a question that needs no parts is no failure`() async throws {
        let written = try await QueryTransform.decompose.queries(for: question, by: ScriptedLanguageModel(question))
        #expect(written.queries.isEmpty && written.warning == nil)
    }

    private struct Failure: TransientFailure, CustomStringConvertible {
        var isTransient: Bool
        var description: String { "The server is away." }
    }

    @Test func `a model that fails leaves the question and says so, unless a person must act`() async throws {
        let passing = ScriptedLanguageModel("Which", failingWith: Failure(isTransient: true))
        let written = try await QueryTransform.multi.queries(for: question, by: passing)
        #expect(written.queries.isEmpty && written.warning?.contains("The server is away.") == true)
        let lasting = ScriptedLanguageModel(failingWith: Failure(isTransient: false))
        await #expect(throws: Failure.self) { try await QueryTransform.multi.queries(for: question, by: lasting) }
    }

    @Test(arguments: QueryTransform.allCases)
    func `each transform has texts of its own in the language of the question`(
        transform: QueryTransform
    ) async throws {
        let model = ScriptedLanguageModel("Кто подписал договор?")
        let russian = try await transform.queries(for: "Кто подписывает аренду?", by: model)
        #expect(russian.prompt.name == "\(transform.rawValue)-ru")
        #expect(model.requests.first?.messages.last?.content == "Вопрос: Кто подписывает аренду?")
        let english = try await transform.queries(for: question, by: model)
        let others = QueryTransform.allCases.filter { $0 != transform }
        for other in others {
            let prompt = try await other.queries(for: question, by: model).prompt
            #expect(prompt.sha256 != english.prompt.sha256 && prompt.name != english.prompt.name)
        }
        #expect(russian.prompt.sha256 != english.prompt.sha256)
    }
}
