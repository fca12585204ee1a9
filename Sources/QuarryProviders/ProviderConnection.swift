import Foundation
package import QuarryHTTP
import Synchronization

/// The way to one provider: its address, the key, the connections, and the manners it is asked with.
///
/// Everything that talks to the same provider should share one: limits and connections are kept here.
public final class ProviderConnection: Sendable {
    public let provider: Provider
    public let options: ConnectionOptions
    /// Counts what is spent; several connections may share one.
    public let ledger: SpendingLedger
    package let catalog: ModelCatalog
    /// The models that a server on this machine has another one answer for.
    let forwarded = Mutex<Set<String>>([])
    private let base: HTTPURL
    private let headers: HTTPHeaders
    private let key: APIKey?
    private let client: HTTPClient
    private let limits: HTTPLimits
    private let retries: RetryPolicy
    private let manners: ProviderManners

    /// - Parameters:
    ///   - key: Sent where the provider wants it, never shown.
    ///   - catalog: Knows prices and retired names.
    ///   - trace: Told of every request and response, in lines for a person; never of keys or bodies.
    ///   - onWait: Told of waits of 5 seconds or more for the provider's limits, at their beginning.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` where the address is missing or no URL, or a key is
    ///   needed and missing; `refusedHost` where ``ConnectionOptions/isLocalOnly`` forbids the host.
    public convenience init(
        _ provider: Provider, key: APIKey? = nil, options: ConnectionOptions = .init(),
        catalog: ModelCatalog = .builtIn, ledger: SpendingLedger = .init(),
        trace: (@Sendable (String) -> Void)? = nil, onWait: (@Sendable (ProviderWait) -> Void)? = nil
    ) throws {
        try self.init(
            provider, key: key, options: options, catalog: catalog, ledger: ledger, trace: trace, onWait: onWait,
            client: nil)
    }

    /// - Parameter client: Shares its connections; nil makes one of its own.
    package init(
        _ provider: Provider, key: APIKey?, options: ConnectionOptions, catalog: ModelCatalog, ledger: SpendingLedger,
        trace: (@Sendable (String) -> Void)? = nil, onWait: (@Sendable (ProviderWait) -> Void)? = nil,
        client: HTTPClient?
    ) throws {
        guard !provider.baseURL.isEmpty else {
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(provider.name) has no address of its own. Set providers.\(provider.name).baseURL.")
        }
        if options.isLocalOnly, !provider.isOnThisMachine {
            throw ProviderError(
                .refusedHost,
                "\(provider.name) is at \(provider.host ?? provider.baseURL), which is not this machine, and “local only” "
                    + "forbids every other host. Name a server on localhost, or lift the setting.")
        }
        guard key != nil || !provider.needsKey else {
            throw ProviderError(
                .invalidConfiguration,
                "The provider \(provider.name) wants a key. Set \(provider.keyVariables.joined(separator: " or ")) in the environment."
            )
        }
        do {
            base = try HTTPURL(provider.baseURL)
            if let client {
                self.client = client
            } else {
                var configuration = try options.client(
                    connections: options.concurrency ?? provider.limits.concurrency, trace: trace)
                if let onWait {
                    configuration.onWait = { [name = provider.name] delay, reason in
                        onWait(ProviderWait(model: name, duration: delay, reason: reason))
                    }
                }
                self.client = try HTTPClient(configuration)
            }
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
        retries = .providers(
            maximumAttempts: options.maximumAttempts, maximumWait: .seconds(provider.limits.maximumWaitSeconds))
        manners = ProviderManners(
            provider.limits, of: provider.name, concurrency: options.concurrency ?? provider.limits.concurrency,
            attempts: options.maximumAttempts, onWait: onWait)
    }

    /// The turn of a call, for callers who end it themselves.
    package func turn(_ task: ModelTask, model: String, estimate: BilledUsage) -> ProviderTurn {
        // With a budget, the next request has to know what this one is billed.
        manners.turn(task, model: model, estimate: estimate, endsOnArrival: !ledger.budget.isBounded)
    }

    private func turn(for call: ProviderCall) -> ProviderTurn {
        turn(call.task, model: call.model, estimate: call.estimate)
    }

    /// Sends a call, waits for the whole reply, and books what it cost.
    /// - Parameter read: Makes something of the reply's body, and says what was billed; nil where the reply does not.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    package func send<Reply>(
        _ call: ProviderCall, read: ([UInt8]) throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        let turn = turn(for: call)
        defer { turn.end() }
        return try await send(call, in: turn, read: read)
    }

    /// Sends a call in a turn that the caller ends: until then, no other call takes the place of one that failed. The
    /// turn of one that went well may have ended when its reply is read.
    package func send<Reply>(
        _ call: ProviderCall, in turn: ProviderTurn, read: ([UInt8]) throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        // With a budget, what came before has to be booked first.
        if !turn.endsOnArrival { try await turn.take() }
        return try await booking(call) { request, isBilled in
            let response = try await client.send(request, retrying: retries, through: turn)
            guard response.head.isSuccess else {
                throw ProviderError(
                    response.head, ProviderFailure(body: response.body), from: request.url.description,
                    task: call.task, patience: patience)
            }
            isBilled = true
            return try read(response.body)
        }
    }

    /// Sends a call whose reply comes in pieces, and books what it cost.
    ///
    /// - Parameter read: Reads the stream to its end, and says what was billed. Errors it throws pass as they are, with
    ///   keys taken out.
    package func stream<Reply>(
        _ call: ProviderCall, read: (HTTPStream) async throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        let turn = turn(for: call)
        defer { turn.end() }
        try await turn.take()
        return try await booking(call) { request, isBilled in
            let stream = try await client.stream(request, retrying: retries, through: turn)
            guard stream.head.isSuccess else {
                let body = try await stream.collect(upTo: 1 << 20)
                throw ProviderError(
                    stream.head, ProviderFailure(body: body), from: request.url.description, task: call.task,
                    patience: patience)
            }
            isBilled = true
            return try await read(stream)
        }
    }

    /// Runs a call, and books what it cost.
    /// - Parameter run: Says whether the provider accepted the call: it is paid for then, whatever becomes of the reply.
    private func booking<Reply>(
        _ call: ProviderCall, _ run: (HTTPRequest, _ isBilled: inout Bool) async throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        do {
            let request = try request(for: call)
            let reservation = try reserve(call)
            var isBilled = false
            do {
                let (reply, told) = try await run(request, &isBilled)
                let usage = told.flatMap { $0.isCredible ? $0 : nil }
                ledger.settle(reservation, usage: usage)
                if let usage { manners.settle(call, actual: usage) }
                return reply
            } catch {
                if isBilled {
                    ledger.settle(reservation, usage: nil)
                } else {
                    ledger.cancel(reservation)
                }
                throw error
            }
        } catch {
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
        let own = provider.paths[task] ?? ""
        let list = try await facts(
            List.self, at: own.hasPrefix("v1/") ? "v1/models" : "models", for: task,
            expecting: "a list of models. Check the base address: it often ends in /v1")
        return list.data.map(\.id)
    }

    /// What a server tells of itself or of a model; it costs nothing.
    /// - Parameter path: Below the base address; `{model}` stands for the model's name.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    package func facts<Facts: Decodable>(
        _ type: Facts.Type, at path: String, model: String, for task: ModelTask
    ) async throws -> Facts {
        try await facts(
            type, at: Self.fill(path, model: model), for: task,
            expecting: "what \(provider.name) servers tell there")
    }

    /// - Parameter expectation: What the server should have answered with, for its error.
    private func facts<Facts: Decodable>(
        _ type: Facts.Type, at path: String, for task: ModelTask, expecting expectation: String
    ) async throws -> Facts {
        do {
            let url = try base.appending(path: path)
            var headers = headers
            headers.set("Accept", "application/json")
            let response = try await client.send(
                HTTPRequest(.get, url, headers: headers, limits: limits), retrying: retries)
            guard response.head.isSuccess else {
                throw ProviderError(
                    response.head, ProviderFailure(body: response.body), from: url.description, task: task,
                    patience: patience)
            }
            do {
                return try JSONDecoder().decode(type, from: Data(response.body))
            } catch {
                throw ProviderError(
                    .malformedReply, "\(url) did not answer with \(expectation).", underlyingError: error)
            }
        } catch {
            throw presentable(error, task: task)
        }
    }

    /// What is waited for at most where the provider asks for it.
    private var patience: Duration { .seconds(provider.limits.maximumWaitSeconds) }

    /// Requests that may be under way at a time.
    package var concurrency: Int { max(1, options.concurrency ?? provider.limits.concurrency) }

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
    /// - Returns: The name as the interface of a task takes it.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for an empty name or one that the interface does not
    ///   know, `retiredModel` for a retired one.
    @discardableResult
    package func check(model: String, for task: ModelTask) throws -> String {
        guard !model.isEmpty else {
            throw ProviderError(
                .invalidConfiguration, "The model's name is empty. Name one that \(provider.name) offers.")
        }
        try catalog.checkRetirement(of: model, at: provider)
        return try provider.name(of: model, for: task)
    }

    private func reserve(_ call: ProviderCall) throws -> SpendingLedger.Reservation {
        try ledger.reserve(
            call.estimate, tokens: call.tokens, model: "\(provider.name)/\(call.model)", price: price(of: call.model))
    }

    private func url(for call: ProviderCall) throws -> HTTPURL {
        try base.appending(path: Self.fill(provider.paths[call.task] ?? call.path, model: call.model))
    }

    private static func fill(_ template: String, model: String) -> String {
        let name = model.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.addingPercentEncoding(withAllowedCharacters: unreserved) ?? String($0) }
            .joined(separator: "/")
        return template.split(separator: "{model}", omittingEmptySubsequences: false).joined(separator: name)
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
    fileprivate func client(
        connections: Int, trace: (@Sendable (String) -> Void)?
    ) throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        if let trace { configuration.trace = { trace($0.description) } }
        configuration.maximumConnectionsPerHost = max(1, connections)
        configuration.maximumConnections = max(configuration.maximumConnections, connections)
        switch proxy {
        case .none: configuration.proxy = .none
        case .environment: configuration.proxy = .environment
        case .url(let text):
            do {
                let (url, credentials) = try HTTPURL.splittingCredentials(of: text)
                configuration.proxy = .url(url, password: credentials)
            } catch let error as HTTPError {
                throw HTTPError(error.code, "The proxy “\(proxy)” cannot be used. \(error.message)")
            }
        }
        if isLocalOnly { configuration.hosts = .loopbackOnly(setBy: "local only") }
        if let certificateAuthorities { configuration.certificateAuthorities = .file(certificateAuthorities) }
        return configuration
    }
}
