package import QuarryCore
import QuarryHTTP
package import QuarryProviders

extension RemoteLanguageModel {
    /// Sends the request and yields the events of the reply, `.finished` last.
    func reply(to request: GenerationRequest, _ yield: (GenerationEvent) -> Void) async throws {
        try check(request)
        if dialect == .ollama, connection.provider.isOnThisMachine {
            _ = try await place.value { try await connection.lookUpInOllama(name, for: .generation) != nil }
        }
        let estimate = Self.estimate(of: request, marksPrefix: dialect == .anthropic && options.cachesPrompt)
        var provider = connection.provider
        if let known = learned.variation { provider.chat = known }
        var tried: Set<ChatVariation> = [provider.chat]
        var firstUnexplained: ProviderError?
        var hasText = false
        while true {
            do {
                let format = dialect.format(for: provider, options: options, request: request, estimate: estimate)
                try await exchange(request, as: format, estimate: estimate) {
                    hasText = true
                    yield($0)
                }
                if tried.count > 1 { learned.variation = provider.chat }
                return
            } catch let error as ProviderError where !hasText {
                if error.isUnexplained { firstUnexplained = firstUnexplained ?? error }
                if let next = provider.chat.withoutOption(refusedBy: error, in: dialect), tried.insert(next).inserted {
                    provider.chat = next
                } else if dialect == .kserve, provider.paths[.generation] == nil, KServeFormat.cannotStream(error) {
                    let whole = KServeFormat(prompt: KServeFormat.flattened(request.messages), isStreamed: false)
                    return try await exchange(request, as: whole, estimate: estimate, yield)
                } else {
                    throw firstUnexplained ?? error
                }
            }
        }
    }

    private func exchange(
        _ request: GenerationRequest, as format: any GenerationFormat, estimate: BilledUsage,
        _ yield: (GenerationEvent) -> Void
    ) async throws {
        let streamed = format.framing == .lines ? "application/x-ndjson" : "text/event-stream"
        var call = try ProviderCall(
            .generation, model: name, path: format.path, json: format.body(of: request, for: name),
            accept: "\(streamed), application/json", estimate: estimate)
        call.headers = format.headers
        let source = ReplySource(place: connection.place(of: call))
        // A reply that broke off after some text, or that reports its cost, was still billed: record it before
        // throwing.
        let failure: (any Error)? = try await connection.stream(call) { stream in
            let framing = stream.head.mediaType == "application/json" ? .whole : format.framing
            var reader = ReplyReader(framing, decoder: format.decoder(for: source), source: source)
            var hasText = false
            func handOut(_ texts: [String]) {
                for text in texts {
                    hasText = true
                    yield(.text(text))
                }
            }
            do {
                var pieces = stream.makeAsyncIterator()
                while !reader.isComplete, let piece = try await pieces.next() {
                    handOut(try reader.push(piece))
                }
                try Task.checkCancellation()
                let (texts, ending) = try reader.finish()
                handOut(texts)
                yield(.finished(ending.reason, ending.usage))
                return (nil, ending.billed)
            } catch {
                let billed = reader.billedDespiteFailure
                guard hasText || billed != nil else { throw Self.interruption(error, source) }
                return (Self.interruption(error, source), billed)
            }
        }
        if let failure { throw connection.presentable(failure, task: .generation) }
    }

    /// Reports a connection lost during a reply as an interrupted reply.
    private static func interruption(_ error: any Error, _ source: ReplySource) -> any Error {
        guard let error = error as? HTTPError, error.code == .connectionLost else { return error }
        var failure = source.interruption
        failure.underlyingError = error
        return failure
    }

    private func check(_ request: GenerationRequest) throws {
        guard request.messages.contains(where: { $0.role == .user }) else {
            throw ProviderError(.invalidInput, "The request has no user message. Add one.")
        }
        guard request.maximumTokens > 0 else {
            throw ProviderError(
                .invalidInput,
                "The maximum of \(request.maximumTokens) tokens leaves no room for a reply. Allow at least 1.")
        }
        guard request.messages.allSatisfy({ $0.role == .user || $0.images.isEmpty }) else {
            throw ProviderError(.invalidInput, "Only user messages can have pictures. Move them there.")
        }
    }

    /// An upper estimate of the usage of a request.
    /// - `marksPrefix`: Whether the instructions are marked for the provider's prompt cache, so that they may be
    ///   written into it.
    package static func estimate(of request: GenerationRequest, marksPrefix: Bool = false) -> BilledUsage {
        let turns = request.messages.reduce(TokenEstimate.request) { sum, message in
            sum + TokenEstimate.turn + TokenEstimate.tokens(in: message.content)
                + TokenEstimate.picture * message.images.count
        }
        let marked = marksPrefix ? request.messages.instructions.map { TokenEstimate.tokens(in: $0) } ?? 0 : 0
        return BilledUsage(input: turns - marked, cacheWrite: marked, output: request.maximumTokens)
    }
}
