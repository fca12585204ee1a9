import Foundation
package import QuarryCore
package import QuarryEmbedders
package import QuarryIndex
package import QuarryLanguageModels
package import QuarryProviders
import QuarryReranking
import QuarryRetrievalQA
package import QuarryTransformers
import Synchronization

/// How replies of language models are cached.
package struct ReplyCaching: Sendable {
    package var cache: any AnswerCache
    /// Changes with the index. A cached reply is used only for the same state.
    package var indexState: String
    /// Called if the cache cannot be read or written. The model is used anyway.
    package var onFailure: @Sendable (any Error) -> Void

    package init(
        cache: any AnswerCache, indexState: String, onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.cache = cache
        self.indexState = indexState
        self.onFailure = onFailure
    }
}

/// Opens models by name: local ones from a store, remote ones at their providers.
///
///     let services = ModelServices(store: store, key: { provider in APIKey(environment["OPENAI_API_KEY"] ?? "") })
///     let embedder = try await services.embedder("openai/text-embedding-3-small")
///     let model = try await services.languageModel(["anthropic/claude-sonnet-5-5", "http://127.0.0.1:8080/v1"])
///
/// All models of a provider share a connection, which keeps its limits. All models share a ledger, which counts the
/// cost.
package final class ModelServices: Sendable {
    /// An embedder and its token counter.
    package struct OpenedEmbedder: Sendable {
        package var embedder: any Embedder
        package var counter: any TokenCounter
        /// The provider; nil for a model in this process.
        package var provider: Provider?
        /// The address of your own server; nil for a local model or a named provider.
        package var address: String?
        /// The sample for ``IndexSettings/embeddingProbe``, if the server gave one.
        package var probe: String?

        /// `provider/model`, the key of its measurements.
        package var name: String { "\(provider?.name ?? "local")/\(embedder.fingerprint.model)" }
    }

    /// A re-ranking model, and what it is.
    package struct OpenedReranker: Sendable {
        package var reranker: any Reranker
        /// Nil for a local model.
        package var reference: ModelReference?
        /// The digest of a local model; nil for a remote one.
        package var revision: String?
    }

    package let store: ModelStore
    package let providers: [Provider]
    package let catalog: ModelCatalog
    package let options: ConnectionOptions
    package let ledger: SpendingLedger
    private let key: @Sendable (Provider) async throws -> APIKey?
    private let checkServer: @Sendable (ModelReference) throws -> Void
    private let trace: (@Sendable (String) -> Void)?
    private let onWait: (@Sendable (RequestDelay) -> Void)?
    private let isPlanning: Bool
    private let connections = Mutex<[Provider: ProviderConnection]>([:])

    /// - `providers`: The providers that a name can refer to.
    /// - `key`: Finds a provider's key. The default finds none.
    /// - `checkServer`: Throws if nothing may be sent to a server that only an index names.
    /// - `isPlanning`: Whether to open models for estimates only: no request is sent to a service, and an unknown
    ///   dimension counts as 1.
    /// - `trace`: Called for every request, without keys and bodies.
    /// - `onWait`: Called at the start of waits of 5 seconds or more for a provider's limits.
    package init(
        store: ModelStore, providers: [Provider] = Provider.presets, catalog: ModelCatalog = .builtIn,
        options: ConnectionOptions = .init(), ledger: SpendingLedger = .init(),
        key: @escaping @Sendable (Provider) async throws -> APIKey? = { _ in nil },
        checkServer: @escaping @Sendable (ModelReference) throws -> Void, isPlanning: Bool = false,
        trace: (@Sendable (String) -> Void)? = nil, onWait: (@Sendable (RequestDelay) -> Void)? = nil
    ) {
        self.store = store
        self.providers = providers
        self.catalog = catalog
        self.options = options
        self.ledger = ledger
        self.key = key
        self.checkServer = checkServer
        self.isPlanning = isPlanning
        self.trace = trace
        self.onWait = onWait
    }

    /// An embedding model.
    ///
    /// - Parameters:
    ///   - name: A name in the local catalogue, the folder of a model, `provider/model`, or the address of an
    ///     OpenAI-compatible server, with `#model` if it has several.
    ///   - options: The options of a remote model: dimension, prefixes, maximum input.
    /// - Throws: ``ModelStoreError`` or ``TransformerError`` for a local model, ``ProviderError`` for a remote one.
    package func embedder(
        _ name: String, options: RemoteEmbedder.Options = .init()
    ) async throws -> OpenedEmbedder {
        guard let reference = try remote(name) else {
            guard options == RemoteEmbedder.Options() else {
                throw ProviderError(
                    .invalidConfiguration,
                    "\(name) is a local model with fixed dimension and prefixes. Omit these options.")
            }
            return try local(name)
        }
        return try await embedder(reference, options: options)
    }

    /// Whether a name is that of a remote model that an index names, at any address.
    ///
    /// - Throws: ``ProviderError`` for a name that refers to no provider.
    package func isRemote(_ name: String, sameAs settings: IndexSettings) throws -> Bool {
        guard let embedding = settings.embedding, embedding.provider != "local", let reference = try remote(name)
        else { return false }
        return reference.model == nil || reference.model == embedding.model
    }

    /// The embedding model of an index; nil for an index without vectors.
    ///
    /// - `override`: Replaces the name in the index, for example if the model's folder moved.
    /// - Throws: As for ``embedder(_:options:)``, and the error of `checkServer` without `override`.
    package func embedder(for settings: IndexSettings, override: String? = nil) async throws -> OpenedEmbedder? {
        guard let embedding = settings.embedding else { return nil }
        let reference: ModelReference
        if let override {
            guard let named = try remote(override) else { return try local(override) }
            reference = named
        } else if embedding.provider == "local" {
            return try local(embedding.model)
        } else if let address = settings.embeddingAddress {
            reference = ModelReference(provider: .openAICompatible(at: address), model: embedding.model)
        } else {
            reference = try ModelReference("\(embedding.provider)/\(embedding.model)", among: providers)
        }
        if override == nil { try checkServer(reference) }
        var options = RemoteEmbedder.Options()
        options.queryPrefix = embedding.queryPrefix
        options.passagePrefix = embedding.passagePrefix
        options.normalizes = embedding.normalized
        options.maximumTokens = embedding.maximumTokens
        options.dimension = settings.requestedDimension
        options.knownDimension = embedding.dimension
        if let text = settings.embeddingProbe {
            guard let probe = EmbeddingProbe(text) else {
                throw CorpusError(.damaged, "The index has a sample of its model that cannot be read: “\(text)”.")
            }
            options.expectedProbe = probe
        }
        return try await embedder(reference, options: options)
    }

    /// A language model, or a chain of them with fallback.
    ///
    /// - Parameters:
    ///   - names: `provider/model`, or the address of an OpenAI-compatible server.
    ///   - cache: Caches replies for a state of the index.
    ///   - policy: Which failures trigger fallback.
    package func languageModel(
        _ names: [String], cache: ReplyCaching? = nil, policy: FallbackPolicy = .init()
    ) async throws -> any LanguageModel {
        let references = try names.map { try reference($0) }
        if references.count == 1 { return try await languageModel(references[0], cache: cache) }
        return try FallbackLanguageModel(
            references.map { reference in
                DeferredLanguageModel(name: "\(reference)") {
                    try await self.languageModel(reference, cache: cache)
                }
            }, policy: policy)
    }

    private func languageModel(_ reference: ModelReference, cache: ReplyCaching?) async throws -> any LanguageModel {
        let connection = try await connection(to: reference.provider)
        let model =
            if let model = reference.model {
                try RemoteLanguageModel(model, on: connection)
            } else {
                try await RemoteLanguageModel.discovered(on: connection)
            }
        return cache.map {
            CachingLanguageModel(model, cache: $0.cache, indexState: $0.indexState, onFailure: $0.onFailure)
        } ?? model
    }

    /// Parses a name.
    /// - Throws: ``ProviderError``. For a known model without its provider, the error contains the full name.
    /// The model that a name refers to.
    ///
    /// - Throws: ``ProviderError`` for an unknown provider.
    package func reference(_ name: String) throws -> ModelReference {
        do {
            return try ModelReference(name, among: providers)
        } catch {
            throw catalog.hint(for: name, among: providers) ?? error
        }
    }

    /// A model that re-ranks passages: a remote one, or the folder of a local cross-encoder.
    ///
    /// - Throws: ``ProviderError`` for a name that refers to neither, and `TransformerError` for a folder that cannot be
    ///   read.
    package func reranker(_ name: String) async throws -> OpenedReranker {
        if let path = providers.localFolder(name) {
            let model = try CrossEncoder(modelDirectory: path)
            return OpenedReranker(reranker: model, revision: model.revision)
        }
        let reference = try reference(name)
        let connection = try await connection(to: reference.provider)
        if let model = reference.model {
            return OpenedReranker(
                reranker: try RemoteReranker(model: model, on: connection), reference: reference)
        }
        let reranker = DeferredReranker {
            try RemoteReranker(
                model: try await self.model(of: reference, on: connection, for: .reranking), on: connection)
        }
        return OpenedReranker(reranker: reranker, reference: reference)
    }

    /// A model that transcribes recordings.
    package func transcriber(
        _ name: String, options: RemoteTranscriber.Options = .init()
    ) async throws -> RemoteTranscriber {
        let reference = try reference(name)
        let connection = try await connection(to: reference.provider)
        return try RemoteTranscriber(
            try await model(of: reference, on: connection, for: .transcription), on: connection, options: options)
    }

    /// A model that describes pictures.
    package func imageDescriber(_ name: String, options: ImageDescriber.Options = .init()) async throws
        -> ImageDescriber
    {
        let reference = try reference(name)
        let model = try await languageModel(reference, cache: nil)
        let author = ModelReference(provider: reference.provider, model: reference.model ?? model.name)
        return ImageDescriber(model, author: "\(author)", options: options)
    }

    /// The shared connection of a provider.
    package func connection(to provider: Provider) async throws -> ProviderConnection {
        if let open = connections.withLock({ $0[provider] }) { return open }
        let fresh = try ProviderConnection(
            provider, key: try await key(provider), options: options, catalog: catalog, ledger: ledger, trace: trace,
            onWait: onWait)
        return connections.withLock { connections in
            if let open = connections[provider] { return open }
            connections[provider] = fresh
            return fresh
        }
    }

    /// Parses the name of a remote model; nil for a local one.
    private func remote(_ name: String) throws -> ModelReference? {
        let isAddress = name.hasPrefix("http://") || name.hasPrefix("https://")
        let first = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
        guard isAddress || (name.contains("/") && providers.contains { $0.name == first }) else { return nil }
        return try ModelReference(name, among: providers)
    }

    private func local(_ name: String) throws -> OpenedEmbedder {
        do {
            let embedder =
                try name.contains("/") ? TransformerEmbedder(modelDirectory: name) : store.embedder(name)
            return OpenedEmbedder(embedder: embedder, counter: embedder.tokenCounter)
        } catch {
            throw catalog.hint(for: name, among: providers) ?? error
        }
    }

    private func embedder(
        _ reference: ModelReference, options: RemoteEmbedder.Options
    ) async throws -> OpenedEmbedder {
        let connection = try await connection(to: reference.provider)
        let model = try await model(of: reference, on: connection, for: .embedding)
        let isNamed = providers.contains { $0.name == reference.provider.name }
        var options = options
        if isPlanning, options.knownDimension == nil {
            // A plan embeds nothing, so the server need not be asked.
            options.knownDimension = catalog.card(of: model, at: reference.provider)?.dimensions.first ?? 1
        }
        let embedder = try await RemoteEmbedder(model: model, on: connection, options: options)
        return OpenedEmbedder(
            embedder: embedder, counter: EstimatedTokenCounter(), provider: reference.provider,
            address: isNamed ? nil : reference.provider.baseURL, probe: embedder.probe?.description)
    }

    private func model(
        of reference: ModelReference, on connection: ProviderConnection, for task: ModelTask
    ) async throws -> String {
        if let model = reference.model { return model }
        guard !isPlanning || !reference.provider.isHostedService else {
            throw ProviderError(
                .invalidConfiguration,
                "A plan does not ask a service for its models. Name the model: \(reference)#MODEL")
        }
        guard let first = try await connection.modelNames(for: task).first else {
            throw ProviderError(.notFound, "\(reference) lists no models. Name the model: \(reference)#MODEL")
        }
        return first
    }
}
