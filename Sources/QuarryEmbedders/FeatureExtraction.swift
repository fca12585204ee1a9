import QuarryCore
import QuarryJSON
import QuarryProviders

/// The pipeline `feature-extraction` of Hugging Face's router. Texts are never truncated: `truncate` is false.
struct FeatureExtraction: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "hf-inference/models/{model}/pipeline/feature-extraction" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(inputs: texts, normalize: settings.normalizes, truncate: false)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var reply = EmbeddingReply()
            try cursor.elements { cursor in
                // The correct pooling of token vectors is unknown.
                guard cursor.firstByteOfElements() != UInt8(ascii: "[") else {
                    throw ProviderError(
                        .malformedReply,
                        "\(settings.model) sent a vector for each token, not one for each text. Use a model made for sentence "
                            + "similarity.")
                }
                try cursor.floats(appendingTo: &reply.values)
                reply.endRow()
            }
            return reply
        }
    }

    private struct Body: Encodable {
        var inputs: [String]
        var normalize: Bool
        var truncate: Bool
    }
}
