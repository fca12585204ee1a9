public import QuarryCore
public import QuarryProviders

/// An embedding model behind a provider's interface, in any supported wire format.
///
///     let connection = try ProviderConnection(.openAICompatible(at: "http://127.0.0.1:8080/v1"))
///     var options = RemoteEmbedder.Options()
///     options.queryPrefix = "query: "
///     options.passagePrefix = "passage: "
///     let embedder = try await RemoteEmbedder(model: "e5-small", on: connection, options: options)
///
/// Texts are sent in batches within the provider's limits, several at a time, each distinct text once. A rejected batch
/// is halved until it fits, or until the rejected text is found; the error then has its position. Texts are never
/// truncated. Every reply is checked for one vector for each text, the right dimension, and finite numbers that are not
/// all zero.
public struct RemoteEmbedder: Embedder {
    public let fingerprint: EmbeddingFingerprint
    /// The probe of the model, if the server was asked for the dimension; nil otherwise.
    public let probe: EmbeddingProbe?
    private let client: EmbeddingClient
    private let expectedProbe: EmbeddingProbe?
    /// Whether the model has the expected probe.
    private let hasProbe = AsyncLazy<Bool>()

    /// Queries the server for missing properties of the model. These are its tensors (Open Inference Protocol),
    /// revision and limits (Text Embeddings Inference, Ollama), and its dimension, found by embedding the text of
    /// ``EmbeddingProbe``, unless the options or the catalogue have them.
    ///
    /// - `model`: The provider's name for it; for a server with a single model, any name.
    /// - Throws: `ProviderError`: `invalidConfiguration` if the provider has no embeddings, not with this model, or
    ///   not of the given dimension; `retiredModel`; `refusedHost` for a model that Ollama forwards although forwarding
    ///   is forbidden; and the errors of a request.
    public init(model: String, on connection: ProviderConnection, options: Options = .init()) async throws {
        let provider = connection.provider
        guard let dialect = provider.embedding else {
            let makers = Provider.presets.filter { $0.embedding != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration, "\(provider.name) does not offer embeddings. Providers that do: \(makers).")
        }
        let model = try connection.check(model: model, for: .embedding)
        // The dimension to request; nil if it is the model's default.
        var asked = options.dimension
        if let dimension = options.dimension {
            guard dimension > 0 else {
                throw ProviderError(.invalidConfiguration, "The dimension \(dimension) is not valid.")
            }
            guard dialect.takesDimension else {
                throw ProviderError(
                    .invalidConfiguration,
                    "\(provider.name) does not support a choice of dimension (\(dimension) requested).")
            }
            asked = try connection.catalog.requestedDimension(dimension, of: model, at: provider)
        }
        let card = connection.catalog.card(of: model, at: provider)
        let served = try await ServedModel(model, dialect: dialect, options: options, on: connection)
        let settings = EmbeddingSettings(
            model: model, dimension: asked,
            // Other servers may support only numbers; the descriptions of built-in services list base64.
            encoding: options.encoding
                ?? (provider.needsKey && Provider.presets.contains { $0.name == provider.name } ? .base64 : .float),
            normalizes: options.normalizes)
        let known =
            options.maximumTokens ?? served.tokensPerInput ?? card?.contextTokens ?? provider.limits.tokensPerInput
        let format = dialect.format(settings, tensors: served.tensors ?? .init())
        client = EmbeddingClient(
            connection: connection, settings: settings, format: format,
            inputsPerRequest: served.inputsPerRequest ?? provider.limits.inputsPerRequest,
            tokensPerRequest: provider.limits.tokensPerRequest ?? 100_000, tokensPerInput: known)
        let query = options.queryPrefix ?? dialect.documentedPrefix(of: model, as: .query)
        let passage = options.passagePrefix ?? dialect.documentedPrefix(of: model, as: .passage)
        let dimension: Int
        if let known = options.dimension ?? options.knownDimension ?? card?.dimensions.first {
            dimension = known
            probe = nil
        } else {
            let sample = try await client.vectors(
                of: [EmbeddingProbe.text], as: .query, prefix: query, dimension: nil)
            dimension = sample.dimension
            probe = EmbeddingProbe(sample[0])
        }
        expectedProbe = options.expectedProbe
        fingerprint = EmbeddingFingerprint(
            provider: provider.name, model: model, revision: options.revision ?? served.revision, dimension: dimension,
            queryPrefix: query, passagePrefix: passage,
            pooling: format.roleField.map { "provider/\($0)" } ?? "provider", normalized: options.normalizes,
            maximumTokens: known ?? 8_192)
    }

    /// Four times the texts of all concurrent requests, so that the provider is rarely idle; at most 4,096.
    public var preferredCount: Int {
        min(4_096, 4 * min(1_024, client.connection.concurrency) * min(1_024, client.inputsPerRequest))
    }

    /// Returns one row for each text, in order. Identical texts are sent once.
    /// - Throws: `ProviderError`, or `CancellationError`.
    public func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        guard role == .query, !texts.isEmpty, let expectedProbe, !hasProbe.isComputed else {
            return try await run(texts, as: role, onPart: nil)
        }
        // The probe travels with the question.
        let batch = try await run(texts + [EmbeddingProbe.text], as: role, onPart: nil)
        _ = try await hasProbe.value { try check(EmbeddingProbe(batch[texts.count]), expectedProbe) }
        return EmbeddingBatch(values: Array(batch.values.dropLast(batch.dimension)), dimension: batch.dimension)
    }

    /// Embeds texts and reports each request as soon as it is answered. After a failure it waits up to 20 s for replies
    /// in flight.
    public func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        try await withoutActuallyEscaping(onPart) { try await run(texts, as: role, onPart: $0) }
    }

    private func run(
        _ texts: [String], as role: EmbeddingRole, onPart: (@Sendable (EmbeddedPart) throws -> Void)?
    ) async throws -> EmbeddingBatch {
        if role == .passage, !texts.isEmpty, let expectedProbe {
            _ = try await hasProbe.value {
                let sample = try await client.vectors(
                    of: [EmbeddingProbe.text], as: .query, prefix: fingerprint.queryPrefix, dimension: dimension)
                return try check(EmbeddingProbe(sample[0]), expectedProbe)
            }
        }
        let prefix = role == .query ? fingerprint.queryPrefix : fingerprint.passagePrefix
        let plan = EmbeddingPlan(
            texts, prefix: client.format.prefixField == nil ? prefix : "",
            inputsPerRequest: client.inputsPerRequest, tokensPerRequest: client.tokensPerRequest,
            tokensPerInput: client.tokensPerInput)
        try client.check(texts)
        return try await client.run(plan, as: role, prefix: prefix, dimension: dimension, onPart: onPart)
    }

    /// - Returns: True.
    /// - Throws: `ProviderError` with code `otherModel`.
    private func check(_ found: EmbeddingProbe, _ expected: EmbeddingProbe) throws -> Bool {
        let cosine = expected.cosine(with: found)
        guard cosine >= 0.98 else {
            let shown = (cosine * 100).rounded() / 100
            throw ProviderError(
                .otherModel,
                "\(client.connection.provider.baseURL) answers as \(fingerprint.model), but it is another model than the "
                    + "one that made the index: the cosine of its vector of a test text with the stored one is \(shown), "
                    + "not 1.")
        }
        return true
    }
}
