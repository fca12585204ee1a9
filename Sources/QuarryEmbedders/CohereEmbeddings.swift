import QuarryCore
import QuarryJSON
import QuarryProviders

/// `POST /v2/embed`. Texts are never truncated: `truncate` is `NONE`.
struct CohereEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "v2/embed" }
    var roleField: String? { "input_type" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            model: settings.model, texts: texts, inputType: role == .query ? "search_query" : "search_document",
            embeddingTypes: ["float"], outputDimension: settings.dimension, truncate: "NONE")
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var reply = EmbeddingReply()
            try cursor.members { key, cursor in
                switch key {
                case "embeddings":
                    try cursor.members { type, cursor in
                        guard type == "float" else { return try cursor.skip() }
                        try cursor.rows(appendingTo: &reply)
                    }
                case "meta": reply.usage = try Self.usage(in: &cursor)
                default: try cursor.skip()
                }
            }
            return reply
        }
    }

    /// `meta.billed_units.input_tokens`.
    private static func usage(in cursor: inout JSONCursor) throws -> BilledUsage? {
        var usage: BilledUsage?
        try cursor.members { key, cursor in
            guard key == "billed_units", cursor.next() == UInt8(ascii: "{") else { return try cursor.skip() }
            try cursor.members { key, cursor in
                guard key == "input_tokens" else { return try cursor.skip() }
                usage = try cursor.count().map { BilledUsage(input: $0) }
            }
        }
        return usage
    }

    private struct Body: Encodable {
        var model: String
        var texts: [String]
        var inputType: String
        var embeddingTypes: [String]
        var outputDimension: Int?
        var truncate: String

        private enum CodingKeys: String, CodingKey {
            case model, texts, truncate
            case inputType = "input_type"
            case embeddingTypes = "embedding_types"
            case outputDimension = "output_dimension"
        }
    }
}

extension JSONCursor {
    /// An array of vectors in the order of the texts.
    mutating func rows(appendingTo reply: inout EmbeddingReply) throws {
        try elements { cursor in
            try cursor.floats(appendingTo: &reply.values)
            reply.endRow()
        }
    }
}
