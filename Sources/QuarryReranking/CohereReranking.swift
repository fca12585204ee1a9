import Foundation
import QuarryCore
import QuarryProviders

/// `POST /v2/rerank`. llama.cpp and vLLM support the same format, and may reply with raw logits in any order.
struct CohereReranking: RerankingFormat {
    var settings: RerankingSettings

    var path: String { "v2/rerank" }

    func body(for passages: [String], query: String) -> any Encodable {
        Body(model: settings.model, query: query, documents: passages, limit: passages.count)
    }

    func reply(in body: Data) throws -> RerankingReply {
        let reply = try JSONDecoder().decode(Reply.self, from: body)
        let searches = reply.meta?.billedUnits?.searchUnits.map { BilledUsage(searches: TokenUsage.bounded($0)) }
        return RerankingReply(
            results: reply.results.map { .init(index: $0.index, score: $0.score) },
            usage: searches ?? reply.usage?.billed)
    }

    private struct Body: Encodable {
        var model: String
        var query: String
        var documents: [String]
        var limit: Int

        private enum CodingKeys: String, CodingKey {
            case model, query, documents
            case limit = "top_n"
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
        struct Meta: Decodable {
            struct Units: Decodable {
                var searchUnits: Double?

                private enum CodingKeys: String, CodingKey { case searchUnits = "search_units" }
            }
            var billedUnits: Units?

            private enum CodingKeys: String, CodingKey { case billedUnits = "billed_units" }
        }
        var results: [Result]
        var meta: Meta?
        var usage: TokenCount?
    }
}
