package import QuarryCore
import QuarryHTTP
package import QuarryProviders

extension RemoteLanguageModel {
    /// Asks, and hands out the events of the reply, `.finished` last.
    func reply(to request: GenerationRequest, _ yield: (GenerationEvent) -> Void) async throws {
        try check(request)
        let estimate = Self.estimate(of: request)
        var provider = connection.provider
        if refusesTemperature.isKnown { provider.chat.sendsTemperature = false }
        let format = dialect.format(for: provider, options: options, request: request, estimate: estimate)
        var hasText = false
        do {
            try await exchange(request, as: format, estimate: estimate) {
                hasText = true
                yield($0)
            }
        } catch let error as ProviderError where !hasText && provider.chat.sendsTemperature && error.refusesTemperature
        {
            refusesTemperature.learn()
            provider.chat.sendsTemperature = false
            let without = dialect.format(for: provider, options: options, request: request, estimate: estimate)
            try await exchange(request, as: without, estimate: estimate, yield)
        } catch let error as ProviderError
            where dialect == .kserve && !hasText && provider.paths[.generation] == nil
            && KServeFormat.saysUnstreamed(error)
        {
            let whole = KServeFormat(prompt: KServeFormat.flattened(request.messages), isStreamed: false)
            try await exchange(request, as: whole, estimate: estimate, yield)
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
        // What broke off after some text was billed all the same: it is booked before it is thrown.
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
                guard hasText else { throw Self.interruption(error, source) }
                return (Self.interruption(error, source), nil)
            }
        }
        if let failure { throw connection.presentable(failure, task: .generation) }
    }

    /// A connection that is lost in the middle of a reply interrupts it.
    private static func interruption(_ error: any Error, _ source: ReplySource) -> any Error {
        guard let error = error as? HTTPError, error.code == .connectionLost else { return error }
        var failure = source.interruption
        failure.underlyingError = error
        return failure
    }

    private func check(_ request: GenerationRequest) throws {
        guard request.messages.contains(where: { $0.role == .user }) else {
            throw ProviderError(.invalidInput, "The request holds no turn of a user. Add one.")
        }
        guard request.maximumTokens > 0 else {
            throw ProviderError(
                .invalidInput, "A reply of at most \(request.maximumTokens) tokens holds nothing. Allow at least 1.")
        }
        guard request.messages.allSatisfy({ $0.role == .user || $0.images.isEmpty }) else {
            throw ProviderError(.invalidInput, "Only the turns of a user can hold pictures. Move them there.")
        }
    }

    /// What a request may take at most, guessed on the high side.
    package static func estimate(of request: GenerationRequest) -> BilledUsage {
        // Marks around each turn are a few tokens; a large picture is about 1,600 with the models that say.
        let turns = request.messages.reduce(16) { sum, message in
            sum + 8 + TokenEstimate.tokens(in: message.content) + 1_600 * message.images.count
        }
        return BilledUsage(input: turns, output: request.maximumTokens)
    }
}

extension ProviderError {
    /// Whether the model takes no temperature, as those that reason do: “Unsupported parameter: 'temperature' …”.
    fileprivate var refusesTemperature: Bool { code == .requestRefused && message.lowercased().contains("temperature") }
}
