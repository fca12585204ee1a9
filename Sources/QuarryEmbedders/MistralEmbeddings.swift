import QuarryCore

/// OpenAI's format, with `output_dimension`.
struct MistralEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "embeddings" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            model: settings.model, input: texts, encodingFormat: settings.encoding.rawValue,
            outputDimension: settings.dimension)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply { try OpenAIEmbeddings.reply(in: body) }

    private struct Body: Encodable {
        var model: String
        var input: [String]
        var encodingFormat: String
        var outputDimension: Int?

        private enum CodingKeys: String, CodingKey {
            case model, input
            case encodingFormat = "encoding_format"
            case outputDimension = "output_dimension"
        }
    }
}
