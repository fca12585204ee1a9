import QuarryCore
import QuarryHTTP
package import QuarryProviders

/// How a reply is divided into events.
package enum ReplyFraming: Sendable, Hashable {
    case serverSentEvents
    /// Newline-delimited JSON.
    case lines
    /// One JSON text.
    case whole
}

/// Decodes the bytes of a reply into texts. Pure: the pieces may be of any size.
package struct ReplyReader: Sendable {
    /// The maximum length of a reply that must be held in memory; longer ones are rejected.
    package static let maximumWholeBytes = 16 << 20

    private let source: ReplySource
    private var framing: Framing
    private var decoder: any ReplyDecoder

    private enum Framing: Sendable {
        case events(ServerSentEventParser)
        case lines(NDJSONParser)
        case whole([UInt8])
    }

    package init(_ framing: ReplyFraming, decoder: any ReplyDecoder, source: ReplySource) {
        self.decoder = decoder
        self.source = source
        self.framing =
            switch framing {
            case .serverSentEvents: .events(ServerSentEventParser())
            case .lines: .lines(NDJSONParser())
            case .whole: .whole([])
            }
    }

    /// Whether the reply has ended.
    package var isComplete: Bool { decoder.isComplete }

    /// The usage billed for a failed reply, if reported.
    package var billedDespiteFailure: BilledUsage? { decoder.billedDespiteFailure }

    /// The texts that these bytes complete, without empty ones.
    /// - Throws: `ProviderError`.
    package mutating func push(_ bytes: [UInt8]) throws -> [String] {
        do {
            switch framing {
            case .events(var parser):
                let events = try parser.push(bytes)
                framing = .events(parser)
                return try texts(in: events)
            case .lines(var parser):
                let lines = try parser.push(bytes)
                framing = .lines(parser)
                return try texts(in: lines.map { ServerSentEvent(data: String(decoding: $0, as: UTF8.self)) })
            case .whole(var held):
                framing = .whole([])
                held += bytes
                guard held.count <= Self.maximumWholeBytes else {
                    throw HTTPError(
                        .responseTooLarge,
                        "\(source.place) sent a reply longer than \(Self.maximumWholeBytes) bytes, which is rejected.")
                }
                framing = .whole(held)
                return []
            }
        } catch let error as HTTPError {
            throw ProviderError(error, task: .generation)
        }
    }

    /// The remaining texts, and how the reply ended.
    /// - Throws: `ProviderError`, with code `interruptedReply` if the reply is incomplete.
    package mutating func finish() throws -> (texts: [String], ending: ReplyEnding) {
        var texts: [String] = []
        switch framing {
        case .events(var parser): texts = try last(parser.finish())
        case .lines(var parser):
            texts = try last(parser.finish().map { ServerSentEvent(data: String(decoding: $0, as: UTF8.self)) })
        case .whole(let json):
            if let failure = source.failure(announcedIn: json) {
                // It may still report the billed tokens.
                _ = try? decoder.texts(inWhole: json)
                throw failure
            }
            texts = try decoder.texts(inWhole: json)
        }
        return (texts.filter { !$0.isEmpty }, try decoder.ending())
    }

    private mutating func texts(in events: [ServerSentEvent]) throws -> [String] {
        var texts: [String] = []
        for event in events where !decoder.isComplete { texts += try decoder.texts(in: event) }
        return texts.filter { !$0.isEmpty }
    }

    /// An event without a final blank line may be truncated: if it cannot be decoded, the reply was interrupted.
    private mutating func last(_ event: ServerSentEvent?) throws -> [String] {
        guard let event, !decoder.isComplete else { return [] }
        do {
            return try decoder.texts(in: event)
        } catch let error as ProviderError where error.code == .malformedReply && event.data.hasPrefix("{") {
            throw source.interruption
        }
    }
}
