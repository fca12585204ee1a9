import QuarryCore

/// OpenAI's format, with `input_type` and `output_dimension`. Texts are never truncated: `truncation` is false.
struct VoyageEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "embeddings" }
    var roleField: String? { "input_type" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            model: settings.model, input: texts, inputType: role == .query ? "query" : "document", truncation: false,
            outputDimension: settings.dimension, encodingFormat: settings.encoding == .base64 ? "base64" : nil)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply { try OpenAIEmbeddings.reply(in: body) }

    private struct Body: Encodable {
        var model: String
        var input: [String]
        var inputType: String
        var truncation: Bool
        var outputDimension: Int?
        var encodingFormat: String?

        private enum CodingKeys: String, CodingKey {
            case model, input, truncation
            case inputType = "input_type"
            case outputDimension = "output_dimension"
            case encodingFormat = "encoding_format"
        }
    }
}
