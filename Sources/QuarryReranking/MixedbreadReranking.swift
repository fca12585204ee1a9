import Foundation
import QuarryProviders

/// `POST /v1/reranking` with `input` and `top_k`, answered in `data` with `score`.
struct MixedbreadReranking: RerankingFormat {
    var settings: RerankingSettings

    var path: String { "v1/reranking" }

    func body(for passages: [String], query: String) -> any Encodable {
        Body(model: settings.model, query: query, input: passages, limit: passages.count, returnsInput: false)
    }

    func reply(in body: Data) throws -> RerankingReply {
        let reply = try JSONDecoder().decode(Reply.self, from: body)
        return RerankingReply(
            results: reply.data.map { .init(index: $0.index, score: $0.score) }, usage: reply.usage?.billed)
    }

    private struct Body: Encodable {
        var model: String
        var query: String
        var input: [String]
        var limit: Int
        var returnsInput: Bool

        private enum CodingKeys: String, CodingKey {
            case model, query, input
            case limit = "top_k"
            case returnsInput = "return_input"
        }
    }

    private struct Reply: Decodable {
        struct Result: Decodable {
            var index: Int
            var score: Double
        }
        var data: [Result]
        var usage: TokenCount?
    }
}
