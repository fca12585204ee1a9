import Foundation
package import QuarryCore
package import QuarryHTTP
package import QuarryProviders

/// Turns the events of one streamed reply into texts and an end.
package protocol ReplyDecoder: Sendable {
    /// Whether the reply said that it is over, so that nothing after it counts.
    var isComplete: Bool { get }
    /// The texts that an event, or a line, brings. Kinds of events that are not known bring none.
    /// - Throws: ``ProviderError`` for an error inside the stream, or an event that is not JSON.
    mutating func texts(in event: ServerSentEvent) throws -> [String]
    /// The texts of a reply in one piece, which some servers send to a request for a stream.
    mutating func texts(inWhole json: [UInt8]) throws -> [String]
    /// How the reply ended, once the connection has.
    /// - Throws: ``ProviderError`` with code `interruptedReply` where the reply is not whole, `malformedReply` where
    ///   there was none.
    func ending() throws -> ReplyEnding
    /// What a reply that failed was billed, where it said so; nil for one that did not fail.
    var billedDespiteFailure: BilledUsage? { get }
}

extension ReplyDecoder {
    package var billedDespiteFailure: BilledUsage? { nil }
}

/// How a reply ended, and what it took.
package struct ReplyEnding: Sendable, Hashable {
    package var reason: FinishReason
    package var usage: TokenUsage?
    package var billed: BilledUsage?

    package init(_ reason: FinishReason, usage: TokenUsage? = nil, billed: BilledUsage? = nil) {
        self.reason = reason
        self.usage = usage.flatMap { $0.isCredible ? $0 : nil }
        self.billed = billed
    }

    /// An end whose bill is what was read and written, the part in the cache apart.
    init(_ reason: FinishReason, usage: TokenUsage?) { self.init(reason, usage: usage, cacheWrite: 0) }

    /// - `cacheWrite`: Those tokens of the input that were written into the cache.
    init(_ reason: FinishReason, usage: TokenUsage?, cacheWrite: Int) {
        self.init(reason, usage: usage, billed: usage.map { BilledUsage($0, cacheWrite: cacheWrite) })
    }
}

extension BilledUsage {
    /// - `cacheWrite`: Those tokens of the input that were written into the provider's cache.
    init(_ usage: TokenUsage, cacheWrite: Int = 0) {
        guard usage.isCredible else {
            self.init(input: -1)
            return
        }
        let fresh = max(0, usage.input - usage.cachedInput)
        let written = min(fresh, max(0, cacheWrite))
        self.init(
            input: fresh - written, cachedInput: usage.cachedInput, cacheWrite: written, output: usage.output)
    }
}

/// Where a reply comes from, to say what is wrong with it.
package struct ReplySource: Sendable, Hashable {
    /// A URL without its query.
    package let place: String

    package init(place: String) { self.place = place }

    func decode<Value: Decodable>(_ type: Value.Type, from json: some Collection<UInt8>) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            let start = String(decoding: json.prefix(120), as: UTF8.self)
            throw ProviderError(
                .malformedReply, "\(place) sent something that is no reply of a model: “\(start)”.",
                underlyingError: error)
        }
    }

    /// The error that a JSON text announces with a key `error`, as streams do after a status of 200.
    func failure(announcedIn json: some Collection<UInt8>) -> ProviderError? {
        ProviderFailure(announcedIn: json).map(error)
    }

    func error(for failure: ProviderFailure) -> ProviderError {
        let names = [failure.type, failure.code].compactMap { $0?.lowercased() }
        let code: ProviderError.Code
        if failure.saysQuotaExhausted {
            code = .quotaExhausted
        } else if failure.saysInputTooLong {
            code = .inputTooLong
        } else if names.contains(where: { $0.hasPrefix("rate_limit") || $0 == "429" }) {
            code = .rateLimited
        } else if names.contains(where: { $0.hasPrefix("authentication") || $0.hasPrefix("permission") }) {
            code = .unauthorized
        } else if failure.saysContentFiltered {
            code = .contentFiltered
        } else {
            code = .serverFailure
        }
        let reason = failure.message ?? failure.type ?? failure.code ?? "no reason given"
        return ProviderError(code, "\(place) broke off the reply: \(reason)")
    }

    var interruption: ProviderError {
        ProviderError(.interruptedReply, "\(place) closed the connection before the reply was complete.")
    }

    /// There was no reply in what came.
    var absence: ProviderError {
        ProviderError(
            .malformedReply, "\(place) sent no reply of a model. Check the base address: it often ends in /v1.")
    }
}
