import Foundation
import QuarryProviders

/// How a wire format encodes requests for scores of passages and decodes replies. Formats are pure.
protocol RerankingFormat: Sendable {
    /// The path of requests below the base address.
    var path: String { get }

    func body(for passages: [String], query: String) -> any Encodable

    /// - Throws: An error if the reply has another format.
    func reply(in body: Data) throws -> RerankingReply
}

/// The settings of all requests of one re-ranker.
struct RerankingSettings: Sendable {
    var model: String
    var cutsLongPassages: Bool
}

/// The scores of one reply as received, before they are checked.
struct RerankingReply {
    struct Result {
        /// The index of the passage in the request.
        var index: Int
        var score: Double
    }

    var results: [Result]
    /// Nil if the reply does not report it.
    var usage: BilledUsage?

    /// The score of each passage, in the order of the request.
    /// - Throws: `ProviderError` with code `malformedReply` if a score is missing, duplicated or not finite.
    func scores(count: Int, from place: String) throws -> [Double] {
        guard results.count == count else {
            throw ProviderError(.malformedReply, "\(place) scored \(results.count) passages of \(count).")
        }
        var scores = [Double?](repeating: nil, count: count)
        for result in results {
            guard scores.indices.contains(result.index), scores[result.index] == nil else {
                throw ProviderError(
                    .malformedReply,
                    "\(place) scored passage \(result.index) twice, or one that was not sent.")
            }
            guard result.score.isFinite else {
                throw ProviderError(
                    .malformedReply, "\(place) gave passage \(result.index) a score of \(result.score).")
            }
            scores[result.index] = result.score
        }
        return scores.compactMap { $0 }
    }
}

extension RerankingDialect {
    func format(_ settings: RerankingSettings) -> any RerankingFormat {
        switch self {
        case .cohere: CohereReranking(settings: settings)
        case .jina: JinaReranking(settings: settings)
        case .voyage: VoyageReranking(settings: settings)
        case .mixedbread: MixedbreadReranking(settings: settings)
        case .tei: TextEmbeddingsInferenceReranking(settings: settings)
        }
    }
}

/// `usage` with `total_tokens`, as in several formats.
struct TokenCount: Decodable {
    var total: Int?
    var prompt: Int?

    var billed: BilledUsage? { (total ?? prompt).map { BilledUsage(input: $0) } }

    private enum CodingKeys: String, CodingKey {
        case total = "total_tokens"
        case prompt = "prompt_tokens"
    }
}
