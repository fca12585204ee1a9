import QuarryCore
import QuarryJSON
import QuarryProviders

/// `POST /embeddings` of OpenAI, which most servers support.
struct OpenAIEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "embeddings" }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            model: settings.model, input: texts, encodingFormat: settings.encoding.rawValue,
            dimensions: settings.dimension)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply { try Self.reply(in: body) }

    private struct Body: Encodable {
        var model: String
        var input: [String]
        var encodingFormat: String
        var dimensions: Int?

        private enum CodingKeys: String, CodingKey {
            case model, input, dimensions
            case encodingFormat = "encoding_format"
        }
    }

    /// `{"data": [{"index", "embedding"}], "usage"}`; vectors may be numbers or base64.
    static func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var reply = EmbeddingReply()
            try cursor.members { key, cursor in
                switch key {
                case "data":
                    try cursor.elements { cursor in
                        var index: Int?
                        try cursor.members { key, cursor in
                            switch key {
                            case "embedding": try cursor.vector(appendingTo: &reply.values)
                            case "index": index = try cursor.integer()
                            case "truncated": try cursor.refuseTruncation()
                            default: try cursor.skip()
                            }
                        }
                        reply.endRow(index: index)
                    }
                case "usage": reply.usage = try cursor.usage()
                case "truncated": try cursor.refuseTruncation()
                default: try cursor.skip()
                }
            }
            return reply
        }
    }
}

extension JSONCursor {
    /// A vector as numbers or as base64.
    mutating func vector(appendingTo values: inout [Float]) throws {
        if next() == UInt8(ascii: "\"") {
            try base64Floats(appendingTo: &values)
        } else {
            try floats(appendingTo: &values)
        }
    }

    /// `usage` with `prompt_tokens`, or only `total_tokens`; nil without either.
    mutating func usage() throws -> BilledUsage? {
        guard next() == UInt8(ascii: "{") else {
            try skip()
            return nil
        }
        var prompt: Int?
        var total: Int?
        try members { key, cursor in
            switch key {
            case "prompt_tokens": prompt = try cursor.count()
            case "total_tokens": total = try cursor.count()
            default: try cursor.skip()
            }
        }
        return (prompt ?? total).map { BilledUsage(input: $0) }
    }

    /// Checks a flag that marks a truncated text.
    /// - Throws: `ProviderError` with code `inputTooLong` if the flag is set, because the vector belongs to another
    ///   text.
    mutating func refuseTruncation() throws {
        guard next() == UInt8(ascii: "t") else { return try skip() }
        try skip()
        throw ProviderError(
            .inputTooLong, "The server truncated a text. Cut the documents into shorter chunks.")
    }
}
