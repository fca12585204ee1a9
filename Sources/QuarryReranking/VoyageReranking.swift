import Foundation
import QuarryProviders

/// `POST /rerank` with `top_k`, answered in `data`.
struct VoyageReranking: RerankingFormat {
    var settings: RerankingSettings

    var path: String { "rerank" }

    func body(for passages: [String], query: String) -> any Encodable {
        Body(
            model: settings.model, query: query, documents: passages, limit: passages.count,
            truncation: settings.cutsLongPassages)
    }

    func reply(in body: Data) throws -> RerankingReply {
        let reply = try JSONDecoder().decode(Reply.self, from: body)
        return RerankingReply(
            results: reply.data.map { .init(index: $0.index, score: $0.score) }, usage: reply.usage?.billed)
    }

    private struct Body: Encodable {
        var model: String
        var query: String
        var documents: [String]
        var limit: Int
        var truncation: Bool

        private enum CodingKeys: String, CodingKey {
            case model, query, documents, truncation
            case limit = "top_k"
        }
    }

    private struct Reply: Decodable {
        struct Result: Decodable {
            var index: Int
            var score: Double

            private enum CodingKeys: String, CodingKey {
                case index
                case score = "relevance_score"
            }
        }
        var data: [Result]
        var usage: TokenCount?
    }
}
