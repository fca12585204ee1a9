import QuarryCore

/// OpenAI's format, with `task` and `embedding_type`. The size limit of a request depends on the model's family.
struct JinaEmbeddings: EmbeddingFormat {
    var settings: EmbeddingSettings

    var path: String { "v1/embeddings" }
    var roleField: String? { task(for: .passage) == nil ? nil : "task" }

    /// The value of `task` for a role, by the model's family.
    private func task(for role: EmbeddingRole) -> String? {
        let name = settings.model
        if ["jina-embeddings-v3", "jina-embeddings-v4", "jina-embeddings-v5"].contains(where: name.hasPrefix) {
            return role == .query ? "retrieval.query" : "retrieval.passage"
        }
        // The default task treats passages as queries.
        if name.hasPrefix("jina-code-embeddings") { return role == .query ? "nl2code.query" : "nl2code.passage" }
        return nil
    }

    private var isOfTextFamily: Bool {
        ["jina-embeddings-", "jina-code-embeddings"].contains(where: settings.model.hasPrefix)
    }

    private var takesNormalized: Bool {
        settings.model.hasPrefix("jina-embeddings-") && !settings.model.hasPrefix("jina-embeddings-v4")
    }

    func body(for texts: [String], as role: EmbeddingRole, prefix: String) -> any Encodable {
        Body(
            model: settings.model, input: texts, task: task(for: role), dimensions: settings.dimension,
            embeddingType: settings.encoding.rawValue, truncate: isOfTextFamily ? false : nil,
            normalized: takesNormalized ? settings.normalizes : nil)
    }

    func reply(in body: [UInt8]) throws -> EmbeddingReply { try OpenAIEmbeddings.reply(in: body) }

    private struct Body: Encodable {
        var model: String
        var input: [String]
        var task: String?
        var dimensions: Int?
        var embeddingType: String
        var truncate: Bool?
        var normalized: Bool?

        private enum CodingKeys: String, CodingKey {
            case model, input, task, dimensions, truncate, normalized
            case embeddingType = "embedding_type"
        }
    }
}
