import Foundation
import QuarryProviders

/// `POST /rerank` of Hugging Face's server, with `texts`, answered by a bare array with `score`.
struct TextEmbeddingsInferenceReranking: RerankingFormat {
    var settings: RerankingSettings

    var path: String { "rerank" }

    func body(for passages: [String], query: String) -> any Encodable {
        Body(query: query, texts: passages, truncate: settings.cutsLongPassages)
    }

    func reply(in body: Data) throws -> RerankingReply {
        let results = try JSONDecoder().decode([Result].self, from: body)
        return RerankingReply(results: results.map { .init(index: $0.index, score: $0.score) }, usage: nil)
    }

    private struct Body: Encodable {
        var query: String
        var texts: [String]
        var truncate: Bool
    }

    private struct Result: Decodable {
        var index: Int
        var score: Double
    }
}
