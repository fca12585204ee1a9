import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import Testing

@Suite(.enabled("\(RequestSchemas.needs)") { await RequestSchemas.canValidate })
struct RequestSchemaTests {
    @Test(arguments: [
        (EmbeddingDialect.openAI, "m", "openai.json", "CreateEmbeddingRequest"),
        (.openAI, "m", "azure_foundry_v1.json", "AzureCreateEmbeddingRequest"),
        (.openAI, "m", "tei.json", "POST /v1/embeddings"), (.mistral, "m", "mistral.json", "EmbeddingRequest"),
        (.voyage, "m", "voyage.json", "POST /embeddings"),
        (.jina, "jina-embeddings-v5-text-small", "jina.json", "EmbeddingsV5Request"),
        (.jina, "jina-embeddings-v4", "jina.json", "EmbeddingsV4Request"),
        (.jina, "jina-embeddings-v3", "jina.json", "EmbeddingsV3Request"),
        (.jina, "jina-embeddings-v2-base-de", "jina.json", "EmbeddingsV2Request"),
        (.jina, "jina-code-embeddings-0.5b", "jina.json", "CodeEmbeddings500MRequest"),
        (.jina, "jina-clip-v2", "jina.json", "ClipV2Request"),
        (.mixedbread, "mxbai-embed-large-v1", "mixedbread.json", "POST /v1/embeddings"),
        (.cohere, "embed-v4.0", "cohere.json", "POST /v2/embed"),
        (.gemini, "gemini-embedding-001", "gemini_v1beta_derived.schema.json", "#/$defs/BatchEmbedContentsRequest"),
        (.gemini, "gemini-embedding-2", "gemini_v1beta_derived.schema.json", "#/$defs/BatchEmbedContentsRequest"),
        (.ollama, "nomic-embed-text", "ollama.json", "POST /api/embed"), (.tei, "e5", "tei.json", "POST /embed"),
        (.huggingFace, "e5", "tei.json", "POST /embed"),
        (
            .kserve, "e5", "kserve.json",
            "POST /v2/models/${MODEL_NAME}/versions/${MODEL_VERSION}/infer"
        ),
    ])
    func `requests are valid in the provider's own schema`(
        dialect: EmbeddingDialect, model: String, file: String, schema: String
    ) async throws {
        let provider = EmbeddingProvider.of(dialect)
        let server = try provider.server()
        // Models of the second Jina generation have one dimension.
        let takesDimension = dialect != .huggingFace && dialect != .kserve && !model.contains("-v2-base")
        for encoding in [RemoteEmbedder.VectorEncoding.float, .base64] {
            let embedder = try await RemoteEmbedder(
                model: model, on: provider.connection(to: server),
                options: .init {
                    $0.dimension = takesDimension ? 8 : nil
                    $0.encoding = encoding
                })
            for role in [EmbeddingRole.query, .passage] {
                _ = try await embedder.embed(["a kettle", "чайник"], as: role)
                #expect(
                    try await RequestSchemas.complaints(
                        about: try #require(server.requests.last).body, file: file, schema: schema) == "")
            }
        }
        #expect(
            try await RequestSchemas.complaints(
                about: Array(#"{"model":5,"input":7,"inputs":7,"requests":7}"#.utf8), file: file, schema: schema) != "")
    }
}
