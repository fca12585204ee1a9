import QuarryProviders

/// What a server tells of the model it serves, where its interface has a place for it.
struct ServedModel: Sendable {
    /// Empty where the server does not tell.
    var revision = ""
    var inputsPerRequest: Int?
    var tokensPerInput: Int?
    var tensors: RemoteEmbedder.Tensors?

    /// - Throws: ``ProviderError``.
    init(
        _ model: String, dialect: EmbeddingDialect, options: RemoteEmbedder.Options, on connection: ProviderConnection
    ) async throws {
        switch dialect {
        case .tei: try await readInfo(of: model, on: connection)
        case .ollama: try await readDigest(of: model, on: connection)
        case .kserve:
            if let tensors = options.tensors {
                self.tensors = tensors
            } else {
                try await readMetadata(of: model, on: connection)
            }
        default: break
        }
    }

    /// Text Embeddings Inference: `GET /info`.
    private mutating func readInfo(of model: String, on connection: ProviderConnection) async throws {
        struct Info: Decodable {
            var modelID: String
            var modelSHA: String?
            var maximumInputLength: Int
            var maximumClientBatchSize: Int

            private enum CodingKeys: String, CodingKey {
                case modelID = "model_id"
                case modelSHA = "model_sha"
                case maximumInputLength = "max_input_length"
                case maximumClientBatchSize = "max_client_batch_size"
            }
        }
        let info = try await connection.facts(Info.self, at: "info", model: model, for: .embedding)
        revision = info.modelSHA.map { "\(info.modelID)@\($0)" } ?? info.modelID
        inputsPerRequest = max(1, info.maximumClientBatchSize)
        tokensPerInput = max(1, info.maximumInputLength)
    }

    /// Ollama: `GET /api/tags` has the digest of each model. A name without a tag means `latest`.
    private mutating func readDigest(of model: String, on connection: ProviderConnection) async throws {
        struct Tags: Decodable {
            struct Model: Decodable {
                var name: String
                var digest: String?
            }
            var models: [Model]
        }
        let tags = try await connection.facts(Tags.self, at: "api/tags", model: model, for: .embedding)
        let name = model.contains(":") ? model : model + ":latest"
        guard let found = tags.models.first(where: { $0.name == name }) else {
            let known = tags.models.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .notFound,
                "Ollama has no model \(model); it has \(known.isEmpty ? "none" : known). Fetch it with: ollama pull \(model)"
            )
        }
        revision = found.digest ?? ""
    }

    /// Open Inference Protocol: `GET /v2/models/{model}` names the tensors.
    private mutating func readMetadata(of model: String, on connection: ProviderConnection) async throws {
        struct Metadata: Decodable {
            struct Tensor: Decodable {
                var name: String
                var datatype: String
                var shape: [Int]
            }
            var versions: [String]?
            var inputs: [Tensor]?
            var outputs: [Tensor]?
        }
        let metadata = try await connection.facts(
            Metadata.self, at: "v2/models/{model}", model: model, for: .embedding)
        let texts = (metadata.inputs ?? []).filter { $0.datatype == "BYTES" }
        let vectors = (metadata.outputs ?? []).filter { $0.datatype == "FP32" || $0.datatype == "FP64" }
        guard texts.count == 1, vectors.count == 1 else {
            let inputs = (metadata.inputs ?? []).map { "\($0.name) (\($0.datatype))" }.joined(separator: ", ")
            let outputs = (metadata.outputs ?? []).map { "\($0.name) (\($0.datatype))" }.joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration,
                "Which tensors of \(model) are meant is not clear. It takes \(inputs) and gives \(outputs). Name one of type "
                    + "BYTES for texts and one of type FP32 for vectors.")
        }
        tensors = .init(text: texts[0].name, embedding: vectors[0].name, isTextColumn: texts[0].shape.count > 1)
        revision = metadata.versions?.last ?? ""
    }
}
