import QuarryCore
package import QuarryHTTP
import QuarryProviders

/// Decodes the output of a Triton model. There is no end marker: the stream ends with the connection, whose transfer
/// encoding is checked.
package struct KServeDecoder: ReplyDecoder {
    private let source: ReplySource
    private let prompt: String
    private var hasReply = false
    private var reason: FinishReason?

    /// - `prompt`: Removed from replies that repeat it.
    package init(_ source: ReplySource, prompt: String) {
        self.source = source
        self.prompt = prompt
    }

    package var isComplete: Bool { false }

    package mutating func texts(in event: ServerSentEvent) throws -> [String] {
        guard event.data != "[DONE]" else { return [] }
        return try texts(inWhole: Array(event.data.utf8))
    }

    package mutating func texts(inWhole json: [UInt8]) throws -> [String] {
        if let failure = source.failure(announcedIn: json) { throw failure }
        let reply = try source.decode(Reply.self, from: json)
        guard var text = reply.text else { return [] }
        if !hasReply, text.utf8.starts(with: prompt.utf8) {
            text = String(decoding: text.utf8.dropFirst(prompt.utf8.count), as: UTF8.self)
        }
        hasReply = true
        if let name = reply.finishReason, !name.isEmpty { reason = FinishReason(openAI: name) }
        return [text]
    }

    package func ending() throws -> ReplyEnding {
        guard hasReply else { throw source.absence }
        return ReplyEnding(reason ?? .other("unspecified"))
    }
}

private struct Reply: Decodable {
    /// One text, or a list of one.
    var text: String?
    var finishReason: String?

    private enum CodingKeys: String, CodingKey {
        case text = "text_output"
        case finishReason = "finish_reason"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let texts = try? container.decodeIfPresent([String].self, forKey: .text) {
            text = texts.joined()
        } else {
            text = try container.decodeIfPresent(String.self, forKey: .text)
        }
        finishReason = try? container.decodeIfPresent(String.self, forKey: .finishReason)
    }
}
