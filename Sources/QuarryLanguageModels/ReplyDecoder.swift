import Foundation
package import QuarryCore
package import QuarryHTTP
package import QuarryProviders

/// Decodes the events of one streamed reply into texts and an ending.
package protocol ReplyDecoder: Sendable {
    /// Whether the reply has ended, so that later events are ignored.
    var isComplete: Bool { get }
    /// The texts in an event or line. Unknown kinds of events have none.
    /// - Throws: `ProviderError` for an error in the stream, or an event that is not JSON.
    mutating func texts(in event: ServerSentEvent) throws -> [String]
    /// The texts of a reply in one piece, which some servers send although a stream was requested.
    mutating func texts(inWhole json: [UInt8]) throws -> [String]
    /// How the reply ended, after the end of the connection.
    /// - Throws: `ProviderError` with code `interruptedReply` if the reply is incomplete, `malformedReply` if there
    ///   was none.
    func ending() throws -> ReplyEnding
    /// The usage billed for a failed reply, if reported; nil for a reply that did not fail.
    var billedDespiteFailure: BilledUsage? { get }
}

extension ReplyDecoder {
    package var billedDespiteFailure: BilledUsage? { nil }
}

/// How a reply ended, with its usage.
package struct ReplyEnding: Sendable, Hashable {
    package var reason: FinishReason
    package var usage: TokenUsage?
    package var billed: BilledUsage?

    package init(_ reason: FinishReason, usage: TokenUsage? = nil, billed: BilledUsage? = nil) {
        self.reason = reason
        self.usage = usage.flatMap { $0.isCredible ? $0 : nil }
        self.billed = billed
    }

    /// An ending whose bill is the usage, with cached tokens separate.
    init(_ reason: FinishReason, usage: TokenUsage?) { self.init(reason, usage: usage, cacheWrite: 0) }

    /// - `cacheWrite`: The input tokens that were written into the cache.
    init(_ reason: FinishReason, usage: TokenUsage?, cacheWrite: Int) {
        self.init(reason, usage: usage, billed: usage.map { BilledUsage($0, cacheWrite: cacheWrite) })
    }
}

extension BilledUsage {
    /// - `cacheWrite`: The input tokens that were written into the provider's cache.
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

/// The origin of a reply, for error messages.
package struct ReplySource: Sendable, Hashable {
    /// A URL without its query.
    package let place: String

    package init(place: String) { self.place = place }

    func decode<Value: Decodable>(_ type: Value.Type, from json: some Collection<UInt8>) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            let start = String(decoding: json.prefix(120), as: UTF8.self).onOneLine
            throw ProviderError(
                .malformedReply, "\(place) sent a reply that is not a model's: “\(start)”.",
                underlyingError: error)
        }
    }

    /// The error in a JSON text with a key `error`, which streams send after status 200.
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
        return ProviderError(code, "\(place) broke off the reply: \(reason.onOneLine)")
    }

    var interruption: ProviderError {
        ProviderError(.interruptedReply, "\(place) closed the connection before the reply was complete.")
    }

    /// The data contained no reply.
    var absence: ProviderError {
        ProviderError(
            .malformedReply, "\(place) did not send a model's reply. Check the base address: it often ends in /v1.")
    }
}
