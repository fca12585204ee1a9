import Foundation
import QuarryProviders
import QuarryReranking
import QuarryTesting
import Testing

private let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

/// The providers' own descriptions of their interfaces, in a folder beside the package.
private let specifications = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/apis/specs")

private let canValidate =
    FileManager.default.fileExists(atPath: specifications.path) && PythonScript.canImport("jsonschema")

@Suite(.enabled(if: canValidate, "needs ../shared/apis/specs and a python3 with the package jsonschema"))
struct RequestSchemaTests {
    private func complaints(_ body: [UInt8], _ file: String, _ schema: String) async throws -> String {
        let script = PythonScript(path: tests.appending(path: "Support/validate_request.py").path)
        let result = try await script.run([specifications.appending(path: file).path, schema], input: body)
        return result.status == 0 ? "" : "invalid: \(result.output)"
    }

    @Test(arguments: [
        ("cohere", "rerank-v4.0-fast", "cohere.json", "POST /v2/rerank"),
        ("jina", "jina-reranker-v3", "jina.json", "RerankerV3Request"),
        ("jina", "jina-reranker-m0", "jina.json", "RerankerM0Request"),
        ("jina", "jina-reranker-v2-base-multilingual", "jina.json", "TextRerankerRequest"),
        ("voyage", "rerank-2.5", "voyage.json", "POST /rerank"),
        ("mixedbread", "mxbai-rerank-large-v2", "mixedbread.json", "POST /v1/reranking"),
        ("tei", "m", "tei.json", "POST /rerank"),
    ])
    func `requests are valid by the provider's own description`(
        preset: String, model: String, file: String, schema: String
    ) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        _ = try await RemoteReranker(model: model, on: provider.connection(to: server))
            .rerank(hits(["a", "чайник"]), for: "q")
        #expect(try await complaints(try #require(server.requests.last).body, file, schema) == "")
        #expect(try await complaints(Array(#"{"query":7}"#.utf8), file, schema) != "")
    }
}
