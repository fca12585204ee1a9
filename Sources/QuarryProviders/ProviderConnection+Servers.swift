import Synchronization

/// The reply of Text Embeddings Inference to `GET /info`.
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

/// A model in Ollama's reply to `GET /api/tags`.
package struct OllamaModel: Sendable, Decodable {
    package var name: String
    package var digest: String?
    /// The server that the model is forwarded to, such as `https://ollama.com:443`; nil for a model that runs here.
    package var remoteHost: String?

    private enum CodingKeys: String, CodingKey {
        case name, digest
        case remoteHost = "remote_host"
    }

    /// Whether Ollama treats the name as a cloud model, listed or not: the tag is `cloud` or ends in `-cloud`.
    package static func isCloudName(_ model: String) -> Bool {
        guard let tag = model.lowercased().split(separator: "/").last?.split(separator: ":").dropFirst().last else {
            return false
        }
        return tag == "cloud" || tag.hasSuffix("-cloud")
    }
}

extension ProviderConnection {
    /// The price of a model; nil if unknown. A model that a local server forwards is not free.
    package func price(of model: String) -> ModelPrice? {
        let isForwarded = forwarded.withLock { $0.contains(model) }
        return isForwarded
            ? catalog.card(of: model, at: provider.name)?.price : catalog.price(of: model, at: provider)
    }

    /// Text Embeddings Inference: `GET /info`.
    package func textEmbeddingsInfo(of model: String, for task: ModelTask) async throws -> TextEmbeddingsInfo {
        try await facts(TextEmbeddingsInfo.self, at: "info", model: model, for: task)
    }

    /// Looks up a model in Ollama's list, which says whether the local server forwards it to another machine.
    ///
    /// A forwarded model is not free. If only this machine is allowed, it is rejected.
    ///
    /// - Returns: The model, if it is listed, and the whole list; nil if the server has no such list.
    /// - Throws: ``ProviderError``, with code `refusedHost` for a rejected model, or `CancellationError`.
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
                    "\(provider.name) forwards \(model) to \(host), which is not this machine, and only this machine "
                        + "is allowed.")
            }
            _ = forwarded.withLock { $0.insert(model) }
        }
        return list.map { (found, $0) }
    }
}
