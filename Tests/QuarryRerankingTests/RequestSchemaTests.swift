import Foundation
import QuarryCore
import QuarryProviders
import QuarryReranking
import QuarryTestSupport
import Testing

@Suite(.enabled("\(RequestSchemas.needs)") { await RequestSchemas.canValidate })
struct RequestSchemaTests {
    @Test(arguments: [
        ("cohere", "rerank-v4.0-fast", "cohere.json", "POST /v2/rerank"),
        ("jina", "jina-reranker-v3", "jina.json", "RerankerV3Request"),
        ("jina", "jina-reranker-m0", "jina.json", "RerankerM0Request"),
        ("jina", "jina-reranker-v2-base-multilingual", "jina.json", "TextRerankerRequest"),
        ("voyage", "rerank-2.5", "voyage.json", "POST /rerank"),
        ("mixedbread", "mxbai-rerank-large-v2", "mixedbread.json", "POST /v1/reranking"),
        ("tei", "m", "tei.json", "POST /rerank"),
    ])
    func `requests are valid in the provider's own schema`(
        preset: String, model: String, file: String, schema: String
    ) async throws {
        let provider = RerankingProvider.of(preset)
        let server = try provider.server()
        _ = try await RemoteReranker(model: model, on: provider.connection(to: server))
            .rerank(hits(["a", "чайник"]), for: AnalyzedQuery("q"))
        #expect(
            try await RequestSchemas.complaints(
                about: try #require(server.requests.last).body, file: file, schema: schema) == "")
        #expect(
            try await RequestSchemas.complaints(about: Array(#"{"query":7}"#.utf8), file: file, schema: schema) != "")
    }
}
