import Foundation
package import QuarryHTTP

/// The way to one provider: its address, the key, the connections, and the manners it is asked with.
///
/// Everything that talks to the same provider should share one: limits and connections are kept here.
public final class ProviderConnection: Sendable {
    public let provider: Provider
    public let options: ConnectionOptions
    /// Counts what is spent; several connections may share one.
    public let ledger: SpendingLedger
    package let catalog: ModelCatalog
    private let base: HTTPURL
    private let headers: HTTPHeaders
    private let key: APIKey?
    private let client: HTTPClient
    private let limits: HTTPLimits
    private let retries: RetryPolicy

    /// - Parameters:
    ///   - key: Sent where the provider wants it, never shown.
    ///   - catalog: Knows prices and retired names.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` where the address is missing or no URL, or a key is
    ///   needed and missing; `refusedHost` where ``ConnectionOptions/isLocalOnly`` forbids the host.
    public convenience init(
        _ provider: Provider, key: APIKey? = nil, options: ConnectionOptions = .init(),
        catalog: ModelCatalog = .builtIn, ledger: SpendingLedger = .init()
    ) throws {
        try self.init(provider, key: key, options: options, catalog: catalog, ledger: ledger, client: nil)
    }

    /// - Parameter client: Shares its connections; nil makes one of its own.
    package init(
        _ provider: Provider, key: APIKey?, options: ConnectionOptions, catalog: ModelCatalog, ledger: SpendingLedger,
        client: HTTPClient?
    ) throws {
        guard !provider.baseURL.isEmpty else {
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(provider.name) has no address of its own. Set providers.\(provider.name).baseURL.")
        }
        guard key != nil || !provider.needsKey else {
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(provider.name) wants a key. Set \(provider.keyVariables.joined(separator: " or ")) in the environment."
            )
        }
        do {
            base = try HTTPURL(provider.baseURL)
            self.client =
                try client
                ?? HTTPClient(options.client(connections: options.concurrency ?? provider.limits.concurrency))
        } catch let error as HTTPError {
            throw ProviderError(error, task: .generation)
        }
        self.provider = provider
        self.options = options
        self.catalog = catalog
        self.ledger = ledger
        self.key = key
        var headers: HTTPHeaders = [:]
        for (name, value) in provider.headers.sorted(by: { $0.key < $1.key }) { headers.set(name, value) }
        if let secret = key?.secret {
            switch provider.authorization {
            case .bearer: headers.add("Authorization", secret: secret.bearer)
            case .header(let name): headers.add(name, secret: secret)
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

    /// Sends a call, waits for the whole reply, and books what it cost.
    ///
    /// - Parameter read: Makes something of the reply's body, and says what was billed; nil where the reply does not.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    package func send<Reply>(
        _ call: ProviderCall, read: ([UInt8]) throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        let reservation = try reserve(call)
        do {
            let request = try request(for: call)
            let response = try await client.send(request, retrying: retries)
            guard response.head.isSuccess else {
                throw ProviderError(
                    status: response.status, ProviderFailure(body: response.body), from: request.url.description,
                    task: call.task)
            }
            let (reply, usage) = try read(response.body)
            ledger.settle(reservation, usage: usage)
            return reply
        } catch {
            ledger.cancel(reservation)
            throw presentable(error, task: call.task)
        }
    }

    /// Sends a call whose reply comes in pieces, and books what it cost.
    ///
    /// - Parameter read: Reads the stream to its end, and says what was billed. Errors it throws pass as they are, with
    ///   keys taken out.
    package func stream<Reply>(
        _ call: ProviderCall, read: (HTTPStream) async throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        let reservation = try reserve(call)
        do {
            let request = try request(for: call)
            let stream = try await client.stream(request, retrying: retries)
            guard stream.head.isSuccess else {
                let body = try await stream.collect(upTo: 1 << 20)
                throw ProviderError(
                    status: stream.head.status, ProviderFailure(body: body), from: request.url.description,
                    task: call.task)
            }
            let (reply, usage) = try await read(stream)
            ledger.settle(reservation, usage: usage)
            return reply
        } catch {
            ledger.cancel(reservation)
            throw presentable(error, task: call.task)
        }
    }

    /// The names of the models that the server lists, by OpenAI's `GET /models` beside the path of a task.
    /// - Throws: ``ProviderError``.
    package func modelNames(for task: ModelTask) async throws -> [String] {
        struct List: Decodable {
            struct Model: Decodable { var id: String }
            var data: [Model]
        }
        do {
            let own = provider.paths[task] ?? ""
            let folder = own.hasPrefix("v1/") ? "v1/models" : "models"
            let url = try base.appending(path: folder)
            var headers = headers
            headers.set("Accept", "application/json")
            let response = try await client.send(
                HTTPRequest(.get, url, headers: headers, limits: limits), retrying: retries)
            guard response.head.isSuccess else {
                throw ProviderError(
                    status: response.status, ProviderFailure(body: response.body), from: url.description, task: task)
            }
            guard let list = try? JSONDecoder().decode(List.self, from: Data(response.body)) else {
                throw ProviderError(
                    .malformedReply,
                    "\(url) did not answer with a list of models. Check the base address: it often ends in /v1.")
            }
            return list.data.map(\.id)
        } catch {
            throw presentable(error, task: task)
        }
    }

    /// Where a call goes, to name it in errors: the URL without its query.
    package func place(of call: ProviderCall) -> String {
        (try? url(for: call)).map(\.description) ?? provider.baseURL
    }

    /// The error in a provider's terms, without the key that a server may have repeated.
    package func presentable(_ error: any Error, task: ModelTask) -> any Error {
        var error = error
        if let failure = error as? HTTPError { error = ProviderError(failure, task: task) }
        guard var failure = error as? ProviderError, let key = key?.secret else { return error }
        failure.message = key.redacting(failure.message)
        // An error below may hold the same words.
        if failure.underlyingError.map({ key.redacting("\($0)") != "\($0)" }) ?? false { failure.underlyingError = nil }
        return failure
    }

    /// Refuses names that the provider has retired.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for an empty name, `retiredModel` for a retired one.
    package func check(model: String) throws {
        guard !model.isEmpty else {
            throw ProviderError(
                .invalidConfiguration, "The model's name is empty. Name one that \(provider.name) offers.")
        }
        try catalog.checkRetirement(of: model, at: provider.name)
    }

    private func reserve(_ call: ProviderCall) throws -> SpendingLedger.Reservation {
        try ledger.reserve(
            call.estimate, model: "\(provider.name)/\(call.model)",
            price: catalog.price(of: call.model, at: provider))
    }

    private func url(for call: ProviderCall) throws -> HTTPURL {
        let template = provider.paths[call.task] ?? call.path
        let name = call.model.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? String($0) }
            .joined(separator: "/")
        let filled = template.split(separator: "{model}", omittingEmptySubsequences: false).joined(separator: name)
        return try base.appending(path: filled)
    }

    /// RFC 3986's unreserved characters, and the colon, which model names hold.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")

    private func request(for call: ProviderCall) throws -> HTTPRequest {
        var headers = headers
        headers.set("Content-Type", call.contentType)
        headers.set("Accept", call.accept)
        for (name, value) in call.headers.sorted(by: { $0.key < $1.key }) { headers.set(name, value) }
        return HTTPRequest(.post, try url(for: call), headers: headers, body: call.body, limits: limits)
    }
}

extension ConnectionOptions {
    fileprivate func client(connections: Int) throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.maximumConnectionsPerHost = max(1, connections)
        configuration.maximumConnections = max(configuration.maximumConnections, connections)
        switch proxy {
        case .none: configuration.proxy = .none
        case .environment: configuration.proxy = .environment
        case .url(let url): configuration.proxy = .url(try HTTPURL(url))
        }
        if let certificateAuthorities { configuration.certificateAuthorities = .file(certificateAuthorities) }
        return configuration
    }
}
