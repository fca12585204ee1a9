public import QuarryCore
package import QuarryHTTP

/// An embedding model behind any server that speaks OpenAI's `/embeddings`: OpenAI, llama.cpp, vLLM, Ollama, LM Studio,
/// TEI, Mistral, Jina and others.
///
///     let embedder = try await OpenAICompatibleEmbedder.probed(
///         baseURL: "http://127.0.0.1:8080/v1", model: "e5-small", queryPrefix: "query: ", passagePrefix: "passage: ")
///
/// Rows are normalised here, whatever the server sends, and every reply is checked: a vector for each text, the right
/// dimension, finite numbers, not zero.
public struct OpenAICompatibleEmbedder: Embedder {
    /// How the server is asked to write vectors. Either is understood in the reply.
    public enum VectorEncoding: String, Sendable, Hashable {
        case float
        /// Smaller and faster to read; not every server knows it.
        case base64
    }

    public struct Options: Sendable, Hashable {
        /// Texts in one request. The default is 64.
        public var maximumBatchCount = 64
        /// Tokens in one request, estimated on the high side. The default is 100,000.
        public var maximumBatchTokens = 100_000
        /// Requests under way at the same time. The default is 4.
        public var maximumConcurrentRequests = 4
        /// The default is ``VectorEncoding/float``.
        public var encoding: VectorEncoding = .float
        /// Asks the server for vectors of the given dimension (`dimensions`), for models that can be cut. The default is
        /// false.
        public var requestsDimension = false
        /// What the model reads of a text, for the fingerprint; the server does the cutting. The default is 8,192.
        public var maximumTokens = 8_192
        /// The provider's revision of the model, for the fingerprint. The default is empty.
        public var revision = ""
        /// The header that carries the key as it is, such as `api-key`. The default is nil: `Authorization: Bearer`.
        public var keyHeader: String?
        /// More header fields, none of them secret. The default is none.
        public var headers: [String: String] = [:]
        /// The default is 5 s.
        public var connectTimeout: Duration = .seconds(5)
        /// Until the server begins to answer. The default is 300 s.
        public var firstByteTimeout: Duration = .seconds(300)
        /// Between two pieces of the reply. The default is 60 s.
        public var idleTimeout: Duration = .seconds(60)
        /// The first attempt included. The default is 5.
        public var maximumAttempts = 5

        public init() {}
    }

    public let fingerprint: EmbeddingFingerprint
    private let endpoint: EmbeddingEndpoint
    private let options: Options

    /// - Parameters:
    ///   - baseURL: Where `/embeddings` is found below, such as `http://127.0.0.1:8080/v1`.
    ///   - model: The model's name, as the server knows it.
    ///   - dimension: Of the model's vectors; a reply with any other is refused.
    ///   - apiKey: Sent as a bearer token; never shown in an error.
    ///   - queryPrefix: Put before each query, such as `query: ` for E5 models.
    ///   - passagePrefix: Put before each passage.
    /// - Throws: ``EmbeddingError`` with code `invalidConfiguration`.
    public init(
        baseURL: String, model: String, dimension: Int, apiKey: String? = nil, queryPrefix: String = "",
        passagePrefix: String = "", options: Options = .init()
    ) throws {
        try self.init(
            baseURL: baseURL, model: model, dimension: dimension, apiKey: apiKey, queryPrefix: queryPrefix,
            passagePrefix: passagePrefix, options: options, client: nil)
    }

    /// - Parameter client: Shares its connections; nil makes one for this embedder.
    package init(
        baseURL: String, model: String, dimension: Int, apiKey: String?, queryPrefix: String, passagePrefix: String,
        options: Options, client: HTTPClient?
    ) throws {
        guard dimension > 0, options.maximumBatchCount > 0, options.maximumBatchTokens > 0,
            options.maximumConcurrentRequests > 0
        else {
            throw EmbeddingError(.invalidConfiguration, "Dimension and batch limits of an embedder must be at least 1.")
        }
        endpoint = try EmbeddingEndpoint(
            baseURL: baseURL, model: model, apiKey: apiKey,
            requestedDimension: options.requestsDimension ? dimension : nil, options: options, client: client)
        fingerprint = EmbeddingFingerprint(
            provider: "openai-compatible", model: model, revision: options.revision, dimension: dimension,
            queryPrefix: queryPrefix, passagePrefix: passagePrefix, pooling: "provider", normalized: true,
            maximumTokens: options.maximumTokens)
        self.options = options
    }

    /// Embeds one word to learn the model's dimension.
    ///
    /// Parameters are those of ``init(baseURL:model:dimension:apiKey:queryPrefix:passagePrefix:options:)``.
    /// - Throws: ``EmbeddingError``.
    public static func probed(
        baseURL: String, model: String, apiKey: String? = nil, queryPrefix: String = "", passagePrefix: String = "",
        options: Options = .init()
    ) async throws -> OpenAICompatibleEmbedder {
        try await probed(
            baseURL: baseURL, model: model, apiKey: apiKey, queryPrefix: queryPrefix, passagePrefix: passagePrefix,
            options: options, client: nil)
    }

    /// - Parameter client: Shares its connections; nil makes one for this embedder.
    package static func probed(
        baseURL: String, model: String, apiKey: String?, queryPrefix: String, passagePrefix: String, options: Options,
        client: HTTPClient?
    ) async throws -> OpenAICompatibleEmbedder {
        var options = options
        options.requestsDimension = false
        let endpoint = try EmbeddingEndpoint(
            baseURL: baseURL, model: model, apiKey: apiKey, requestedDimension: nil, options: options, client: client)
        let dimension = try await endpoint.embed(["dimension"], dimension: nil).dimension
        return try OpenAICompatibleEmbedder(
            baseURL: baseURL, model: model, dimension: dimension, apiKey: apiKey, queryPrefix: queryPrefix,
            passagePrefix: passagePrefix, options: options, client: client)
    }

    /// One unit-length row for each text, in order. Identical texts are sent once.
    /// - Throws: ``EmbeddingError``, or `CancellationError`.
    public func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        if let empty = texts.firstIndex(where: \.isEmpty) {
            throw EmbeddingError(.invalidInput, "Text \(empty) of \(texts.count) is empty; there is nothing to embed.")
        }
        let prefix = role == .query ? fingerprint.queryPrefix : fingerprint.passagePrefix
        let plan = RequestPlan(
            texts.map { prefix + $0 }, maximumCount: options.maximumBatchCount,
            maximumTokens: options.maximumBatchTokens)
        let batches = try await embed(plan)
        var values: [Float] = []
        values.reserveCapacity(texts.count * dimension)
        var rows: [ArraySlice<Float>] = []
        rows.reserveCapacity(plan.texts.count)
        for batch in batches { for row in 0..<batch.count { rows.append(batch[row]) } }
        for position in plan.positions { values.append(contentsOf: rows[position]) }
        return EmbeddingBatch(values: values, dimension: dimension)
    }

    /// Sends the plan's batches, some at the same time, and returns them in order.
    private func embed(_ plan: RequestPlan) async throws -> [EmbeddingBatch] {
        try await withThrowingTaskGroup(of: (number: Int, batch: EmbeddingBatch).self) { group in
            var done = [EmbeddingBatch?](repeating: nil, count: plan.batches.count)
            var next = 0
            func begin() {
                let number = next
                next += 1
                let texts = Array(plan.texts[plan.batches[number]])
                group.addTask { (number, try await endpoint.embed(texts, dimension: dimension)) }
            }
            while next < min(options.maximumConcurrentRequests, plan.batches.count) { begin() }
            while let finished = try await group.next() {
                done[finished.number] = finished.batch
                if next < plan.batches.count { begin() }
            }
            return done.compactMap { $0 }
        }
    }
}
