public import QuarryCore
public import QuarryProviders

/// An embedding model behind a provider's interface, whatever its wire format.
///
///     let connection = try ProviderConnection(.openAICompatible(at: "http://127.0.0.1:8080/v1"))
///     var options = RemoteEmbedder.Options()
///     options.queryPrefix = "query: "
///     options.passagePrefix = "passage: "
///     let embedder = try await RemoteEmbedder(model: "e5-small", on: connection, options: options)
///
/// Texts travel in batches that keep to the provider's limits, several at a time, each different text once. A batch that
/// is rejected is halved until it fits, or until the text is found that the model rejects: an error that names its
/// position. No text is ever cut. Every reply is checked: a vector for each text, the right dimension, finite numbers, not zero.
public struct RemoteEmbedder: Embedder {
    public let fingerprint: EmbeddingFingerprint
    private let client: EmbeddingClient

    /// Asks the server for what is not known of the model: its tensors (Open Inference Protocol), revision and limits
    /// (Text Embeddings Inference, Ollama), and its dimension, by embedding a word, where neither the options nor the
    /// catalogue say it.
    ///
    /// - `model`: As the provider names it; for a server that has one model only, what it is to be called.
    /// - Throws: ``ProviderError``: `invalidConfiguration` where the provider makes no vectors, or none with this model,
    ///   or takes no dimension, or not that one; `retiredModel`; `refusedHost` for a model that Ollama forwards where that is forbidden;
    ///   and what a request can end in.
    public init(model: String, on connection: ProviderConnection, options: Options = .init()) async throws {
        let provider = connection.provider
        guard let dialect = provider.embedding else {
            let makers = Provider.presets.filter { $0.embedding != nil }.map(\.name).joined(separator: ", ")
            throw ProviderError(
                .invalidConfiguration, "\(provider.name) makes no vectors. Providers that do: \(makers).")
        }
        let model = try connection.check(model: model, for: .embedding)
        // What is to be asked for; nil where the model makes it anyway.
        var asked = options.dimension
        if let dimension = options.dimension {
            guard dimension > 0 else {
                throw ProviderError(.invalidConfiguration, "A dimension of \(dimension) cannot be asked for.")
            }
            guard dialect.takesDimension else {
                throw ProviderError(
                    .invalidConfiguration,
                    "\(provider.name) cannot be asked for \(dimension) dimensions; its models have the one they have.")
            }
            asked = try connection.catalog.requestedDimension(dimension, of: model, at: provider)
        }
        let card = connection.catalog.card(of: model, at: provider)
        let served = try await ServedModel(model, dialect: dialect, options: options, on: connection)
        let settings = EmbeddingSettings(
            model: model, dimension: asked,
            // Other servers may know numbers only; the descriptions of the services that are built in have base64.
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
        } else {
            dimension = try await client.vectors(of: ["dimension"], as: .passage, prefix: passage, dimension: nil)
                .dimension
        }
        fingerprint = EmbeddingFingerprint(
            provider: provider.name, model: model, revision: options.revision ?? served.revision, dimension: dimension,
            queryPrefix: query, passagePrefix: passage,
            pooling: format.roleField.map { "provider/\($0)" } ?? "provider", normalized: options.normalizes,
            maximumTokens: known ?? 8_192)
    }

    /// Four times the texts that may be under way, so that the provider seldom waits for a last request; at most 4,096.
    public var preferredCount: Int {
        min(4_096, 4 * min(1_024, client.connection.concurrency) * min(1_024, client.inputsPerRequest))
    }

    /// One row for each text, in order. Identical texts are sent once.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    public func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        try await run(texts, as: role, onPart: nil)
    }

    /// The same, telling of each request as soon as it is answered; also of those that were at the provider when another
    /// failed, for which it waits up to 20 s.
    public func embed(
        _ texts: [String], as role: EmbeddingRole, onPart: @Sendable (EmbeddedPart) throws -> Void
    ) async throws -> EmbeddingBatch {
        try await withoutActuallyEscaping(onPart) { try await run(texts, as: role, onPart: $0) }
    }

    private func run(
        _ texts: [String], as role: EmbeddingRole, onPart: (@Sendable (EmbeddedPart) throws -> Void)?
    ) async throws -> EmbeddingBatch {
        let prefix = role == .query ? fingerprint.queryPrefix : fingerprint.passagePrefix
        let plan = EmbeddingPlan(
            texts, prefix: client.format.prefixField == nil ? prefix : "",
            inputsPerRequest: client.inputsPerRequest, tokensPerRequest: client.tokensPerRequest,
            tokensPerInput: client.tokensPerInput)
        try client.check(texts)
        return try await client.run(plan, as: role, prefix: prefix, dimension: dimension, onPart: onPart)
    }
}
