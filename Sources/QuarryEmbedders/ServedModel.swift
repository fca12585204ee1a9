import QuarryProviders

/// Properties of a model that its server reports.
struct ServedModel: Sendable {
    /// Empty if the server does not report it.
    var revision = ""
    var inputsPerRequest: Int?
    var tokensPerInput: Int?
    var tensors: RemoteEmbedder.Tensors?

    /// - Throws: `ProviderError`.
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

    private mutating func readInfo(of model: String, on connection: ProviderConnection) async throws {
        let info = try await connection.textEmbeddingsInfo(of: model, for: .embedding)
        revision = info.modelSHA.map { "\(info.modelID)@\($0)" } ?? info.modelID
        inputsPerRequest = max(1, info.maximumClientBatchSize)
        tokensPerInput = max(1, info.maximumInputLength)
    }

    /// Ollama's list has the digest of each model.
    private mutating func readDigest(of model: String, on connection: ProviderConnection) async throws {
        guard let list = try await connection.lookUpInOllama(model, for: .embedding) else { return }
        guard list.model != nil || OllamaModel.isCloudName(model) else {
            let known = list.all.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .notFound,
                "Ollama has no model \(model); it has \(known.isEmpty ? "none" : known). Fetch it: ollama pull \(model)"
            )
        }
        revision = list.model?.digest ?? ""
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
                "The tensors of \(model) are ambiguous: inputs \(inputs), outputs \(outputs). Name one of type "
                    + "BYTES for texts and one of type FP32 for vectors.")
        }
        tensors = .init(text: texts[0].name, embedding: vectors[0].name, isTextColumn: texts[0].shape.count > 1)
        revision = metadata.versions?.last ?? ""
    }
}
