import QuarryCore
import QuarryJSON

/// `POST /embed` of Hugging Face's server. Texts are never truncated: `truncate` is false.
struct TextEmbeddingsInference: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "embed" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(inputs: texts, normalize: settings.normalizes, truncate: false, dimensions: settings.dimension)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var reply = EmbeddingReply()
            try cursor.rows(appendingTo: &reply)
            return reply
        }
    }

    private struct Body: Encodable {
        var inputs: [String]
        var normalize: Bool
        var truncate: Bool
        var dimensions: Int?
    }
}
