import QuarryCore

/// OpenAI's format, with `prompt` and `normalized`.
struct MixedbreadEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "v1/embeddings" }
    var prefixField: String? { "prompt" }

    /// `mxbai-embed-large-v1` needs a prompt for queries but not for passages.
    static func documentedPrefix(of model: String, as role: EmbeddingRole) -> String {
        let name = model.split(separator: "/").last ?? ""
        return role == .query && name == "mxbai-embed-large-v1"
            ? "Represent this sentence for searching relevant passages: " : ""
    }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            model: settings.model, input: texts, prompt: prefix.isEmpty ? nil : prefix,
            dimensions: settings.dimension, normalized: settings.normalizes,
            encodingFormat: settings.encoding.rawValue)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply { try OpenAIEmbeddings.reply(in: body) }

    private struct Body: Encodable {
        var model: String
        var input: [String]
        var prompt: String?
        var dimensions: Int?
        var normalized: Bool
        var encodingFormat: String

        private enum CodingKeys: String, CodingKey {
            case model, input, prompt, dimensions, normalized
            case encodingFormat = "encoding_format"
        }
    }
}
