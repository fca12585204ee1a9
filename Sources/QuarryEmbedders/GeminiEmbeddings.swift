import QuarryCore
import QuarryJSON
import QuarryProviders

/// `models/{model}:batchEmbedContents`: one content for each text, because the parts of one content share a vector.
struct GeminiEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "models/{model}:batchEmbedContents" }
    var roleField: String? { taskType(for: .passage) == nil ? nil : "taskType" }

    /// Only `gemini-embedding-001` supports task types; its successor expects the task in the text.
    private func taskType(for role: EmbeddingRole) -> String? {
        guard settings.model == "gemini-embedding-001" else { return nil }
        return role == .query ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT"
    }

    static func documentedPrefix(of model: String, as role: EmbeddingRole) -> String {
        guard model.hasPrefix("gemini-embedding-2") else { return "" }
        return role == .query ? "task: search result | query: " : "title: none | text: "
    }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        let task = taskType(for: role)
        return Body(
            requests: texts.map { text in
                Body.Request(
                    model: "models/" + settings.model, content: .init(parts: [.init(text: text)]), taskType: task,
                    outputDimensionality: settings.dimension)
            })
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply {
        try JSONCursor.reading(body) { cursor in
            var reply = EmbeddingReply()
            try cursor.members { key, cursor in
                switch key {
                case "embeddings":
                    try cursor.elements { cursor in
                        try cursor.members { key, cursor in
                            guard key == "values" else { return try cursor.skip() }
                            try cursor.floats(appendingTo: &reply.values)
                        }
                        reply.endRow()
                    }
                case "usageMetadata":
                    try cursor.members { key, cursor in
                        guard key == "promptTokenCount" else { return try cursor.skip() }
                        reply.usage = try cursor.count().map { BilledUsage(input: $0) }
                    }
                default: try cursor.skip()
                }
            }
            return reply
        }
    }

    private struct Body: Encodable {
        struct Request: Encodable {
            var model: String
            var content: Content
            var taskType: String?
            var outputDimensionality: Int?
        }
        struct Content: Encodable { var parts: [Part] }
        struct Part: Encodable { var text: String }
        var requests: [Request]
    }
}
