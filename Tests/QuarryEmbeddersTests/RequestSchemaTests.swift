import Foundation
import QuarryCore
import QuarryEmbedders
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

    @Test func `embedding requests are valid by OpenAI's own description`() async throws {
        let server = try FakeHTTPServer { _ in .json(#"{"data":[{"index":0,"embedding":[1,0]}]}"#) }
        var options = OpenAICompatibleEmbedder.Options()
        for encoding in [OpenAICompatibleEmbedder.VectorEncoding.float, .base64] {
            options.encoding = encoding
            let embedder = try OpenAICompatibleEmbedder(baseURL: server.url, model: "m", dimension: 2, options: options)
            _ = try await embedder.embed(["a"], as: .query)
            options.requestsDimension = true
        }
        #expect(server.requests.count == 2)
        for sent in server.requests { #expect(try complaints(sent.body, "CreateEmbeddingRequest") == "") }
        #expect(try complaints(Array(#"{"model":"m","input":[]}"#.utf8), "CreateEmbeddingRequest") != "")
    }
}
