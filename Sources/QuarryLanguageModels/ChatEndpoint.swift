import Foundation
import QuarryCore
import QuarryHTTP

/// The server's side of a model: its address, its key and the connections to it.
struct ChatEndpoint: Sendable {
    private let baseURL: HTTPURL
    private let key: Secret?
    private let headers: HTTPHeaders
    private let limits: HTTPLimits
    private let retries: RetryPolicy
    private let client: HTTPClient

    init(
        baseURL: String, apiKey: String?, options: OpenAICompatibleLanguageModel.Options, client: HTTPClient?
    ) throws {
        do {
            self.baseURL = try HTTPURL(baseURL)
            self.client = try client ?? HTTPClient()
        } catch let error as HTTPError {
            throw LanguageModelError(error)
        }
        key = apiKey.flatMap { $0.isEmpty ? nil : Secret($0) }
        var headers = HTTPHeaders()
        for (name, value) in options.headers.sorted(by: { $0.key < $1.key }) { headers.add(name, value) }
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

    /// OpenAI and Azure deprecate `max_tokens`; other servers may not know its successor.
    var usualTokenLimitField: OpenAICompatibleLanguageModel.TokenLimitField {
        let isOpenAI = ["openai.com", "openai.azure.com"].contains {
            baseURL.host == $0 || baseURL.host.hasSuffix("." + $0)
        }
        return isOpenAI ? .maxCompletionTokens : .maxTokens
    }

    func firstModel() async throws -> String {
        do {
            let url = try baseURL.appending(path: "models")
            let response = try await client.send(
                HTTPRequest(.get, url, headers: headers, limits: limits), retrying: retries)
            guard response.head.isSuccess else {
                throw LanguageModelError(
                    status: response.status, ProviderFailure(body: response.body), from: url.description)
            }
            guard let list = try? JSONDecoder().decode(ModelList.self, from: Data(response.body)) else {
                throw LanguageModelError(
                    .malformedReply, "\(url) did not answer with a list of models. Name the model.")
            }
            guard let first = list.data.first else {
                throw LanguageModelError(.notFound, "\(url) offers no model. Load one into the server.")
            }
            return first.id
        } catch {
            throw presentable(error)
        }
    }

    /// Posts the request and hands out the events of the reply, `.finished` last.
    func complete(_ body: ChatCompletionRequest, _ yield: (GenerationEvent) -> Void) async throws {
        let url = try baseURL.appending(path: "chat/completions")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var headers = headers
        headers.set("Content-Type", "application/json")
        headers.set("Accept", "text/event-stream, application/json")
        let request = HTTPRequest(.post, url, headers: headers, body: Array(try encoder.encode(body)), limits: limits)
        let stream = try await client.stream(request, retrying: retries)
        guard stream.head.isSuccess else {
            let body = try await stream.collect(upTo: 1 << 20)
            throw LanguageModelError(status: stream.head.status, ProviderFailure(body: body), from: url.description)
        }
        var decoder = ChatCompletionDecoder(place: url.description)
        if stream.head.mediaType == "application/json" {
            let json = try await stream.collect()
            let event = ServerSentEvent(data: String(decoding: json, as: UTF8.self))
            for text in try decoder.texts(in: event) { yield(.text(text)) }
        } else {
            for try await event in stream.serverSentEvents {
                for text in try decoder.texts(in: event) { yield(.text(text)) }
            }
        }
        try Task.checkCancellation()
        yield(try decoder.end())
    }

    /// The error in this module's terms, without the key that a server may have repeated.
    func presentable(_ error: any Error) -> any Error {
        var error = error
        if let failure = error as? HTTPError { error = LanguageModelError(failure) }
        guard var failure = error as? LanguageModelError, let key else { return error }
        failure.message = key.redacting(failure.message)
        // An error below may hold the same words.
        if failure.underlyingError.map({ key.redacting("\($0)") != "\($0)" }) ?? false { failure.underlyingError = nil }
        return failure
    }
}
