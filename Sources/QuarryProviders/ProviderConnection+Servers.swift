import Synchronization

/// What Text Embeddings Inference tells of itself at `GET /info`.
package struct TextEmbeddingsInfo: Sendable, Decodable {
    package var modelID: String
    package var modelSHA: String?
    package var maximumInputLength: Int
    package var maximumClientBatchSize: Int

    private enum CodingKeys: String, CodingKey {
        case modelID = "model_id"
        case modelSHA = "model_sha"
        case maximumInputLength = "max_input_length"
        case maximumClientBatchSize = "max_client_batch_size"
    }
}

/// What Ollama tells of a model at `GET /api/tags`.
package struct OllamaModel: Sendable, Decodable {
    package var name: String
    package var digest: String?
    /// The server that answers in its place, such as `https://ollama.com:443`; nil for a model that runs here.
    package var remoteHost: String?

    private enum CodingKeys: String, CodingKey {
        case name, digest
        case remoteHost = "remote_host"
    }

    /// Whether Ollama takes a name for that of a model in its cloud, listed or not: its tag is `cloud`, or ends in it.
    package static func isCloudName(_ model: String) -> Bool {
        guard let tag = model.lowercased().split(separator: "/").last?.split(separator: ":").dropFirst().last else {
            return false
        }
        return tag == "cloud" || tag.hasSuffix("-cloud")
    }
}

extension ProviderConnection {
    /// What a model costs; nil (unknown) where no card says, also for one that a server here has another answer for.
    package func price(of model: String) -> ModelPrice? {
        let isForwarded = forwarded.withLock { $0.contains(model) }
        return isForwarded
            ? catalog.card(of: model, at: provider.name)?.price : catalog.price(of: model, at: provider)
    }

    /// Text Embeddings Inference: `GET /info`.
    package func textEmbeddingsInfo(of model: String, for task: ModelTask) async throws -> TextEmbeddingsInfo {
        try await facts(TextEmbeddingsInfo.self, at: "info", model: model, for: task)
    }

    /// Looks a model up in Ollama's list, where a server on this machine tells which models it forwards to another one.
    /// Such a model is refused where only this machine is allowed, and not taken for free.
    ///
    /// - Returns: What the list has, and the model in it; nil where the server has no such list.
    /// - Throws: ``ProviderError``, with code `refusedHost` for a model that another machine answers for; or
    ///   `CancellationError`.
    package func lookUpInOllama(
        _ model: String, for task: ModelTask
    ) async throws -> (model: OllamaModel?, all: [OllamaModel])? {
        struct Tags: Decodable { var models: [OllamaModel] }
        let list: [OllamaModel]?
        do {
            list = try await facts(Tags.self, at: "api/tags", model: model, for: task).models
        } catch let error as ProviderError where error.code == .notFound {
            list = nil
        }
        // A name without a tag means `latest`.
        let name = model.split(separator: "/").last?.contains(":") == true ? model : model + ":latest"
        let found = list?.first { $0.name == name }
        if let host = found?.remoteHost ?? (OllamaModel.isCloudName(model) ? "ollama.com" : nil), !host.isEmpty {
            guard !options.isLocalOnly else {
                throw ProviderError(
                    .refusedHost,
                    "\(provider.name) has \(host) answer for \(model), which is not this machine, and “local only” forbids "
                        + "every other host. Name a model that runs here, or lift the setting.")
            }
            _ = forwarded.withLock { $0.insert(model) }
        }
        return list.map { (found, $0) }
    }
}
