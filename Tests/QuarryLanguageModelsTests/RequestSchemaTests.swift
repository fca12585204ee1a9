import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryTesting
import Testing

private let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

/// OpenAI's own description of its interface, in a folder beside the package.
private let specification = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/apis/specs/openai.json").path

private let canValidate =
    FileManager.default.fileExists(atPath: specification) && PythonScript.canImport("jsonschema")

@Suite(.enabled(if: canValidate, "needs ../shared/apis/specs/openai.json and a python3 with the package jsonschema"))
struct RequestSchemaTests {
    private func complaints(_ body: [UInt8], _ schema: String) throws -> String {
        let script = PythonScript(path: tests.appending(path: "Support/validate_request.py").path)
        let result = try script.run([specification, schema], input: body)
        return result.status == 0 ? "" : "invalid: \(result.output)"
    }

    @Test func `chat requests are valid by OpenAI's own description`() async throws {
        let server = try FakeHTTPServer { _ in .events([#"{"choices":[{"index":0,"finish_reason":"stop"}]}"#]) }
        var request = GenerationRequest(messages: [
            Message(.system, "s"), Message(.user, "u"), Message(.assistant, "a"),
        ])
        for field in [OpenAICompatibleLanguageModel.TokenLimitField.maxTokens, .maxCompletionTokens] {
            var options = OpenAICompatibleLanguageModel.Options()
            options.tokenLimitField = field
            let model = try OpenAICompatibleLanguageModel(baseURL: server.url, model: "m", options: options)
            for try await _ in model.generate(request) {}
            request.stop = ["a", "b"]
            request.seed = 3
            request.temperature = 0.7
        }
        #expect(server.requests.count == 2)
        for sent in server.requests { #expect(try complaints(sent.body, "CreateChatCompletionRequest") == "") }
        #expect(try complaints(Array(#"{"model":"m"}"#.utf8), "CreateChatCompletionRequest") != "")
    }
}
