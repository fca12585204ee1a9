import QuarryCore
package import QuarryHTTP
import QuarryProviders

/// Decodes the lines of a chat. It ends with the line with `"done": true`.
package struct OllamaDecoder: ReplyDecoder {
    private let source: ReplySource
    private var end: ReplyEnding?
    private var hasReply = false

    package init(_ source: ReplySource) { self.source = source }

    package var isComplete: Bool { end != nil }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        try texts(inWhole: Array(event.data.utf8))
    }

    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        if let failure = source.failure(announcedIn: json) { throw failure }
        let line = try source.decode(Line.self, from: json)
        if line.message != nil { hasReply = true }
        if line.done == true {
            let reason: FinishReason =
                switch line.doneReason {
                case "stop": .stop
                case "length": .length
                case let other: .other(other ?? "unspecified")
                }
            end = ReplyEnding(reason, usage: line.usage)
        }
        return line.message?.content.map { [$0] } ?? []
    }

    package func ending() throws -> ReplyEnding {
        guard let end else { throw hasReply ? source.interruption : source.absence }
        return end
    }
}

private struct Line: Decodable {
    /// Its thinking is in another field.
    struct Turn: Decodable { var content: String? }

    var message: Turn?
    var done: Bool?
    var doneReason: String?
    /// Absent if the whole prompt was in the cache.
    var promptTokens: Int?
    var outputTokens: Int?

    private enum CodingKeys: String, CodingKey {
        case message, done
        case doneReason = "done_reason"
        case promptTokens = "prompt_eval_count"
        case outputTokens = "eval_count"
    }

    var usage: TokenUsage? {
        outputTokens.map { TokenUsage(input: promptTokens ?? 0, output: $0) }
    }
}
