import QuarryCore
import QuarryJSON
import QuarryProviders

/// `POST /api/embed`. Texts are never truncated: `truncate` is false.
struct OllamaEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "api/embed" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(model: settings.model, input: texts, truncate: false, dimensions: settings.dimension)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var reply = EmbeddingReply()
            try cursor.members { key, cursor in
                switch key {
                case "embeddings": try cursor.rows(appendingTo: &reply)
                case "prompt_eval_count": reply.usage = try cursor.count().map { BilledUsage(input: $0) }
                default: try cursor.skip()
                }
            }
            return reply
        }
    }

    private struct Body: Encodable {
        var model: String
        var input: [String]
        var truncate: Bool
        var dimensions: Int?
    }
}
