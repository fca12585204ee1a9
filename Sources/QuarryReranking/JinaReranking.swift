import Foundation
import QuarryProviders

/// Cohere's format, without the passages in the reply.
struct JinaReranking: RerankingFormat {
    var settings: RerankingSettings

    var path: String { "v1/rerank" }

    func body(for passages: [String], query: String) -> any Encodable {
        Body(
            model: settings.model, query: query, documents: passages, limit: passages.count, returnsDocuments: false,
            truncation: settings.cutsLongPassages)
    }

    /// The same as Cohere's, with `usage`.
    func reply(in body: Data) throws -> RerankingReply { try CohereReranking(settings: settings).reply(in: body) }

    private struct Body: Encodable {
        var model: String
        var query: String
        var documents: [String]
        var limit: Int
        var returnsDocuments: Bool
        var truncation: Bool

        private enum CodingKeys: String, CodingKey {
            case model, query, documents, truncation
            case limit = "top_n"
            case returnsDocuments = "return_documents"
        }
    }
}
