import Foundation
package import QuarryHTTP
import Synchronization

/// The connection to one provider: its address, key, HTTP connections and limits.
///
/// All clients of a provider should share one, because it keeps the limits and the connections.
public final class ProviderConnection: Sendable {
    public let provider: Provider
    public let options: ConnectionOptions
    /// The spending; several connections may share one.
    public let ledger: SpendingLedger
    package let catalog: ModelCatalog
    /// The models that a local server forwards to another machine.
    let forwarded = Mutex<Set<String>>([])
    private let base: HTTPURL
    private let headers: HTTPHeaders
    private let key: APIKey?
    private let client: HTTPClient
    private let limits: HTTPLimits
    private let retries: RetryPolicy
    private let providerLimits: ProviderLimits

    /// - `key`: Sent as the provider requires it, never shown.
    /// - `catalog`: The source of prices and retired names.
    /// - `trace`: Called for every request and response, with lines for a person, without keys and bodies.
    /// - `onWait`: Called at the start of each wait of 5 seconds or more for the provider's limits.
    /// - Throws: ``ProviderError`` with code `missingBaseURL`, `missingKey`, `invalidConfiguration` for an address that
    ///   is not a URL, or `refusedHost` if ``ConnectionOptions/isLocalOnly`` forbids the host.
    public convenience init(
        _ provider: Provider, key: APIKey? = nil, options: ConnectionOptions = .init(),
        catalog: ModelCatalog = .builtIn, ledger: SpendingLedger = .init(),
        trace: (@Sendable (String) -> Void)? = nil, onWait: (@Sendable (RequestDelay) -> Void)? = nil
    ) throws {
        try self.init(
            provider, key: key, options: options, catalog: catalog, ledger: ledger, trace: trace, onWait: onWait,
            client: nil)
    }

    /// - `client`: The HTTP client to share; nil creates one.
    package init(
        _ provider: Provider, key: APIKey?, options: ConnectionOptions, catalog: ModelCatalog, ledger: SpendingLedger,
        trace: (@Sendable (String) -> Void)? = nil, onWait: (@Sendable (RequestDelay) -> Void)? = nil,
        client: HTTPClient?
    ) throws {
        guard !provider.baseURL.isEmpty else {
            throw ProviderError(
                .missingBaseURL, "The provider \(provider.name) has no base URL: every user has a different one.")
        }
        if options.isLocalOnly, !provider.isOnThisMachine {
            throw ProviderError(
                .refusedHost,
                "\(provider.name) is at \(provider.host ?? provider.baseURL), which is not this machine, and only "
                    + "this machine is allowed.")
        }
        guard key != nil || !provider.needsKey else {
            throw ProviderError(
                .missingKey,
                "\(provider.name) needs an API key (\(provider.keyVariables.joined(separator: " or "))).")
        }
        do {
            base = try HTTPURL(provider.baseURL)
            if let client {
                self.client = client
            } else {
                var configuration = try options.client(
                    connections: options.concurrency ?? provider.limits.concurrency, trace: trace)
                if let onWait {
                    configuration.onWait = { [name = provider.name] delay, waited, reason in
                        onWait(RequestDelay(model: name, duration: delay, waited: waited, reason: reason))
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
        limits.totalTimeout = options.totalTimeout
        self.limits = limits
        retries = .providers(
            maximumAttempts: options.maximumAttempts, maximumWait: .seconds(provider.limits.maximumWaitSeconds))
        providerLimits = ProviderLimits(
            provider.limits, of: provider.name, concurrency: options.concurrency ?? provider.limits.concurrency,
            attempts: options.maximumAttempts, onWait: onWait)
    }

    /// A slot for a call, for callers that release it themselves.
    package func slot(_ task: ModelTask, model: String, estimate: BilledUsage) -> RequestSlot {
        // With a budget, the cost of this request must be known before the next one.
        providerLimits.slot(task, model: model, estimate: estimate, releasesOnReply: !ledger.budget.isBounded)
    }

    private func slot(for call: ProviderCall) -> RequestSlot {
        slot(call.task, model: call.model, estimate: call.estimate)
    }

    /// Sends a call, waits for the whole reply, and books its cost.
    /// - `read`: Decodes the body. Returns the value and the billed usage, if the reply has it.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    package func send<Reply>(
        _ call: ProviderCall, read: ([UInt8]) throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        let slot = slot(for: call)
        defer { slot.release() }
        return try await send(call, in: slot, read: read)
    }

    /// Sends a call in a slot that the caller releases.
    ///
    /// Until then no other call takes the slot of a failed one. The slot of a successful call may be released before
    /// its reply is read.
    package func send<Reply>(
        _ call: ProviderCall, in slot: RequestSlot, read: ([UInt8]) throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        // With a budget, earlier calls must be booked first.
        if !slot.releasesOnReply { try await slot.acquire() }
        return try await booking(call) { request, isBilled in
            let response = try await client.send(request, retrying: retries, through: slot)
            guard response.head.isSuccess else {
                throw ProviderError(
                    response.head, ProviderFailure(body: response.body), from: request.url.description,
                    task: call.task, maximumWait: maximumWait)
            }
            isBilled = true
            return try read(response.body)
        }
    }

    /// Sends a call with a streamed reply, and books its cost.
    ///
    /// - `read`: Reads the stream to its end. Returns the value and the billed usage. Its errors are rethrown
    ///   without keys.
    package func stream<Reply>(
        _ call: ProviderCall, read: (HTTPStream) async throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        let slot = slot(for: call)
        defer { slot.release() }
        try await slot.acquire()
        return try await booking(call) { request, isBilled in
            let stream = try await client.stream(request, retrying: retries, through: slot)
            guard stream.head.isSuccess else {
                let body = try await stream.collect(upTo: 1 << 20)
                throw ProviderError(
                    stream.head, ProviderFailure(body: body), from: request.url.description, task: call.task,
                    maximumWait: maximumWait)
            }
            isBilled = true
            return try await read(stream)
        }
    }

    /// Runs a call and books its cost.
    /// - `run`: Sets `isBilled` if the provider accepted the call: then it is billed even if its reply is
    ///   unusable.
    private func booking<Reply>(
        _ call: ProviderCall, _ run: (HTTPRequest, _ isBilled: inout Bool) async throws -> (Reply, BilledUsage?)
    ) async throws -> Reply {
        do {
            let request = try request(for: call)
            let reservation = try reserve(call)
            var isBilled = false
            do {
                let (reply, reported) = try await run(request, &isBilled)
                let usage = reported.flatMap { $0.isCredible ? $0 : nil }
                ledger.settle(reservation, usage: usage)
                if let usage { providerLimits.settle(call, actual: usage) }
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

    /// The names of the models that the server lists, by OpenAI's `GET /models` next to the path of a task.
    /// - Throws: ``ProviderError``.
    package func modelNames(for task: ModelTask) async throws -> [String] {
        struct List: Decodable {
            struct Model: Decodable { var id: String }
            var data: [Model]
        }
        let own = provider.paths[task] ?? ""
        let list = try await facts(
            List.self, at: own.hasPrefix("v1/") ? "v1/models" : "models", for: task,
            expecting: "a list of models. The base address often ends in /v1")
        return list.data.map(\.id)
    }

    /// A server's description of itself or of a model. It is free.
    /// - `path`: The path below the base address. `{model}` is replaced by the model's name.
    /// - Throws: ``ProviderError``, or `CancellationError`.
    package func facts<Facts: Decodable>(
        _ type: Facts.Type, at path: String, model: String, for task: ModelTask
    ) async throws -> Facts {
        try await facts(
            type, at: Self.fill(path, model: model), for: task,
            expecting: "the description that \(provider.name) servers return")
    }

    /// - `expectation`: The expected reply, for the error message.
    private func facts<Facts: Decodable>(
        _ type: Facts.Type, at path: String, for task: ModelTask, expecting expectation: String
    ) async throws -> Facts {
        do {
            let url = try base.appending(path: path)
            var headers = headers
            headers.set("Accept", "application/json")
            var limits = limits
            limits.totalTimeout = min(limits.totalTimeout ?? Self.factsTimeout, Self.factsTimeout)
            let response = try await client.send(
                HTTPRequest(.get, url, headers: headers, limits: limits), retrying: retries)
            guard response.head.isSuccess else {
                throw ProviderError(
                    response.head, ProviderFailure(body: response.body), from: url.description, task: task,
                    maximumWait: maximumWait)
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

    /// The time for a server's description of itself, which needs no model.
    private static let factsTimeout = Duration.seconds(60)

    /// The longest wait that the provider may ask for.
    private var maximumWait: Duration { .seconds(provider.limits.maximumWaitSeconds) }

    /// The maximum number of concurrent requests.
    package var concurrency: Int { max(1, options.concurrency ?? provider.limits.concurrency) }

    /// The URL of a call without its query, for errors.
    package func place(of call: ProviderCall) -> String {
        (try? url(for: call)).map(\.description) ?? provider.baseURL
    }

    /// Converts an error to a ``ProviderError`` if possible, and removes the key, which a server may have repeated.
    package func presentable(_ error: any Error, task: ModelTask) -> any Error {
        var error = error
        if let failure = error as? HTTPError { error = ProviderError(failure, task: task) }
        guard var failure = error as? ProviderError, let key = key?.secret else { return error }
        failure.message = key.redacting(failure.message)
        // The underlying error may contain the same text.
        if failure.underlyingError.map({ key.redacting("\($0)") != "\($0)" }) ?? false { failure.underlyingError = nil }
        return failure
    }

    /// Checks a model's name.
    /// - Returns: The name in the API of the task.
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for an empty or unsupported name, or
    ///   `retiredModel`.
    @discardableResult
    package func check(model: String, for task: ModelTask) throws -> String {
        guard !model.isEmpty else {
            throw ProviderError(
                .invalidConfiguration, "The name of the \(provider.name) model is empty.")
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

    /// RFC 3986's unreserved characters, and the colon, which occurs in model names.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")

    private func request(for call: ProviderCall) throws -> HTTPRequest {
        var headers = headers
        headers.set("Content-Type", call.contentType)
        headers.set("Accept", call.accept)
        for (name, value) in call.headers.sorted(by: { $0.key < $1.key }) { headers.set(name, value) }
        var limits = limits
        limits.totalTimeout = limits.totalTimeout ?? call.task.totalTimeout
        return HTTPRequest(.post, try url(for: call), headers: headers, body: call.body, limits: limits)
    }
}

extension ConnectionOptions {
    /// The configuration of a client.
    ///
    /// - `trace`: Called for every event, with a text without credentials.
    package func client(
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
        if isLocalOnly { configuration.hosts = .loopbackOnly }
        if let certificateAuthorities { configuration.certificateAuthorities = .file(certificateAuthorities) }
        return configuration
    }
}
