import Foundation
import QuarryCore
import QuarryHTTP

/// The server's side of an embedder: its address, its key and the connections to it.
struct EmbeddingEndpoint: Sendable {
    private let url: HTTPURL
    private let key: Secret?
    private let headers: HTTPHeaders
    private let limits: HTTPLimits
    private let retries: RetryPolicy
    private let client: HTTPClient
    private let model: String
    private let encoding: OpenAICompatibleEmbedder.VectorEncoding
    private let requestedDimension: Int?

    init(
        baseURL: String, model: String, apiKey: String?, requestedDimension: Int?,
        options: OpenAICompatibleEmbedder.Options, client: HTTPClient?
    ) throws {
        guard !model.isEmpty else {
            throw EmbeddingError(.invalidConfiguration, "The model's name is empty. Name one the server offers.")
        }
        do {
            self.url = try HTTPURL(baseURL).appending(path: "embeddings")
            self.client = try client ?? HTTPClient()
        } catch let error as HTTPError {
            throw EmbeddingError(error)
        }
        self.model = model
        self.requestedDimension = requestedDimension
        encoding = options.encoding
        key = apiKey.flatMap { $0.isEmpty ? nil : Secret($0) }
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
        for (name, value) in options.headers.sorted(by: { $0.key < $1.key }) { headers.set(name, value) }
        if let key {
            if let name = options.keyHeader {
                headers.add(name, secret: key)
            } else {
                headers.add("Authorization", secret: key.bearer)
            }
        }
        self.headers = headers
        var limits = HTTPLimits()
        limits.connectTimeout = options.connectTimeout
        limits.firstByteTimeout = options.firstByteTimeout
        limits.idleTimeout = options.idleTimeout
        self.limits = limits
        retries = .providers(maximumAttempts: options.maximumAttempts)
    }

    /// Vectors for the texts of one batch. A batch that the server finds too long is halved until it fits.
    /// - Throws: ``EmbeddingError``, or `CancellationError`.
    func embed(_ texts: [String], dimension: Int?) async throws -> EmbeddingBatch {
        do {
            return try await post(texts, dimension: dimension)
        } catch let error as EmbeddingError where error.code == .inputTooLong && texts.count > 1 {
            let middle = texts.count / 2
            var batch = try await embed(Array(texts[..<middle]), dimension: dimension)
            batch.append(contentsOf: try await embed(Array(texts[middle...]), dimension: batch.dimension))
            return batch
        }
    }

    private func post(_ texts: [String], dimension: Int?) async throws -> EmbeddingBatch {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let body = try encoder.encode(
                EmbeddingRequest(
                    model: model, input: texts, encodingFormat: encoding.rawValue, dimensions: requestedDimension))
            let request = HTTPRequest(.post, url, headers: headers, body: Array(body), limits: limits)
            let response = try await client.send(request, retrying: retries)
            guard response.head.isSuccess else {
                throw EmbeddingError(
                    status: response.status, ProviderFailure(body: response.body), from: url.description)
            }
            return try reply(in: response.body)
                .batch(count: texts.count, dimension: dimension, from: url.description)
        } catch {
            throw presentable(error)
        }
    }

    private func reply(in body: [UInt8]) throws -> EmbeddingReply {
        do {
            return try JSONDecoder().decode(EmbeddingReply.self, from: Data(body))
        } catch {
            let failure = ProviderFailure(announcedIn: body)
            let start = String(decoding: body.prefix(120), as: UTF8.self)
            throw EmbeddingError(
                failure == nil ? .malformedReply : .serverFailure,
                failure?.message.map { "\(url) answered with an error: \($0)" }
                    ?? "\(url) did not answer with a list of vectors: “\(start)”. Check the base URL: it usually ends in /v1.",
                underlyingError: error)
        }
    }

    /// The error in this module's terms, without the key that a server may have repeated.
    private func presentable(_ error: any Error) -> any Error {
        var error = error
        if let failure = error as? HTTPError { error = EmbeddingError(failure) }
        guard var failure = error as? EmbeddingError, let key else { return error }
        failure.message = key.redacting(failure.message)
        // An error below may hold the same words.
        if failure.underlyingError.map({ key.redacting("\($0)") != "\($0)" }) ?? false { failure.underlyingError = nil }
        return failure
    }
}
