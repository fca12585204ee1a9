public import QuarryIndex
import Foundation
public import QuarryCore
public import QuarryEmbedders
public import QuarryLanguageModels
public import QuarryProviders
import QuarryReranking
import QuarryRetrievalQA
public import QuarryTransformers
import Synchronization

/// Where replies of language models are kept.
public struct ReplyCaching: Sendable {
    public var cache: any AnswerCache
    /// Changes whenever the index does: a reply is given again only where it is the same.
    public var indexState: String
    /// Told of a cache that cannot be read or written. The model is asked all the same.
    public var onFailure: @Sendable (any Error) -> Void

    public init(
        cache: any AnswerCache, indexState: String, onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.cache = cache
        self.indexState = indexState
        self.onFailure = onFailure
    }
}

/// Opens models by the names people write: local ones from a store, others at their providers.
///
///     let services = ModelServices(store: store, key: { provider in APIKey(environment["OPENAI_API_KEY"] ?? "") })
///     let embedder = try await services.embedder("openai/text-embedding-3-small")
///     let model = try await services.languageModel(["anthropic/claude-sonnet-5-5", "http://127.0.0.1:8080/v1"])
///
/// One connection serves all models of a provider, so that its limits are kept; one ledger counts what all of them cost.
public final class ModelServices: Sendable {
    /// An embedder, and what counts tokens as it does.
    public struct OpenedEmbedder: Sendable {
        public var embedder: any Embedder
        public var counter: any TokenCounter
        /// Who is asked; nil for a model that runs in this process.
        public var provider: Provider?
        /// Where a server of one's own was reached; nil for a local model and for a provider with a name.
        public var address: String?

        /// `provider/model`, by which its figures are kept.
        public var name: String { "\(provider?.name ?? "local")/\(embedder.fingerprint.model)" }
    }

    public let store: ModelStore
    public let providers: [Provider]
    public let catalog: ModelCatalog
    public let options: ConnectionOptions
    public let ledger: SpendingLedger
    private let key: @Sendable (Provider) async throws -> APIKey?
    private let trace: (@Sendable (String) -> Void)?
    private let onWait: (@Sendable (RequestDelay) -> Void)?
    private let isPlanning: Bool
    private let connections = Mutex<[Provider: ProviderConnection]>([:])

    /// - `providers`: Those a name can stand for.
    /// - `key`: Finds a provider's key. The default finds none.
    /// - `isPlanning`: Whether models are opened only to reckon with: then no service is asked for what would be known
    ///   with the first request. Where the length of an embedder's vectors is not known it counts as 1.
    /// - `trace`: Told of every request, without keys and bodies.
    /// - `onWait`: Told of waits of 5 seconds or more for a provider's limits, at their beginning.
    public init(
        store: ModelStore, providers: [Provider] = Provider.presets, catalog: ModelCatalog = .builtIn,
        options: ConnectionOptions = .init(), ledger: SpendingLedger = .init(),
        key: @escaping @Sendable (Provider) async throws -> APIKey? = { _ in nil }, isPlanning: Bool = false,
        trace: (@Sendable (String) -> Void)? = nil, onWait: (@Sendable (RequestDelay) -> Void)? = nil
    ) {
        self.store = store
        self.providers = providers
        self.catalog = catalog
        self.options = options
        self.ledger = ledger
        self.key = key
        self.isPlanning = isPlanning
        self.trace = trace
        self.onWait = onWait
    }

    /// An embedding model.
    ///
    /// - `name`: A name of the local catalogue, the folder of a model, `provider/model`, or the address of a server
    ///   that speaks as OpenAI does, with `#model` behind it where it has several.
    /// - Throws: ``ModelStoreError`` or ``TransformerError`` for a local model, ``ProviderError`` for another.
    ///   - options: For a model elsewhere: its dimension, prefixes, the length of what it reads.
    public func embedder(
        _ name: String, options: RemoteEmbedder.Options = .init()
    ) async throws -> OpenedEmbedder {
        guard let reference = try remote(name) else {
            guard options == RemoteEmbedder.Options() else {
                throw ProviderError(
                    .invalidConfiguration,
                    "\(name) runs in this process and knows its own dimension and prefixes. Leave them away.")
            }
            return try local(name)
        }
        return try await embedder(reference, options: options)
    }

    /// The embedding model that an index was made with; nil for an index without vectors.
    ///
    /// - `override`: Takes the place of the name that the index remembers, as where a model's folder moved.
    public func embedder(for settings: IndexSettings, override: String? = nil) async throws -> OpenedEmbedder? {
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
        var options = RemoteEmbedder.Options()
        options.queryPrefix = embedding.queryPrefix
        options.passagePrefix = embedding.passagePrefix
        options.normalizes = embedding.normalized
        options.maximumTokens = embedding.maximumTokens
        options.dimension = settings.requestedDimension
        options.knownDimension = embedding.dimension
        return try await embedder(reference, options: options)
    }

    /// A language model, or a chain of them: each is asked where those before it fail.
    ///
    /// - Parameters:
    ///   - names: `provider/model`, or the address of a server that speaks as OpenAI does.
    ///   - cache: Keeps replies and gives them again, as long as the index is in this state.
    ///   - policy: After which failures of one model of a chain the next is asked.
    public func languageModel(
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

    /// What a name refers to.
    /// - Throws: ``ProviderError``; for the bare name of a model that the catalogue knows, it says how to write it.
    private func reference(_ name: String) throws -> ModelReference {
        do {
            return try ModelReference(name, among: providers)
        } catch {
            throw catalog.hint(for: name, among: providers) ?? error
        }
    }

    /// A model that orders passages.
    public func reranker(_ name: String) async throws -> any Reranker {
        let reference = try reference(name)
        let connection = try await connection(to: reference.provider)
        return try RemoteReranker(
            model: try await model(of: reference, on: connection, for: .reranking), on: connection)
    }

    /// A model that writes down what is said in recordings.
    public func transcriber(
        _ name: String, options: RemoteTranscriber.Options = .init()
    ) async throws -> RemoteTranscriber {
        let reference = try reference(name)
        let connection = try await connection(to: reference.provider)
        return try RemoteTranscriber(
            try await model(of: reference, on: connection, for: .transcription), on: connection, options: options)
    }

    /// A model that says what pictures show.
    public func imageDescriber(_ name: String, options: ImageDescriber.Options = .init()) async throws -> ImageDescriber
    {
        let reference = try reference(name)
        let model = try await languageModel(reference, cache: nil)
        let author = ModelReference(provider: reference.provider, model: reference.model ?? model.name)
        return ImageDescriber(model, author: "\(author)", options: options)
    }

    /// The connection that everything of a provider goes through.
    public func connection(to provider: Provider) async throws -> ProviderConnection {
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

    /// What a name refers to elsewhere; nil where it means a local model.
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
            // Nothing is embedded: what the server would make need not be asked.
            options.knownDimension = catalog.card(of: model, at: reference.provider)?.dimensions.first ?? 1
        }
        return OpenedEmbedder(
            embedder: try await RemoteEmbedder(model: model, on: connection, options: options),
            counter: EstimatedTokenCounter(),
            provider: reference.provider, address: isNamed ? nil : reference.provider.baseURL)
    }

    private func model(
        of reference: ModelReference, on connection: ProviderConnection, for task: ModelTask
    ) async throws -> String {
        if let model = reference.model { return model }
        guard !isPlanning || !reference.provider.isHostedService else {
            throw ProviderError(
                .invalidConfiguration,
                "A plan asks no service which models it has. Name the one that is meant: \(reference)#MODEL")
        }
        guard let first = try await connection.modelNames(for: task).first else {
            throw ProviderError(.notFound, "\(reference) lists no model. Name one: \(reference)#MODEL")
        }
        return first
    }
}
