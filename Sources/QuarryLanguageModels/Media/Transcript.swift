import Foundation
import QuarryCore
import QuarryProviders

/// The transcript of a recording.
struct Transcript: Decodable, Sendable {
    struct Segment: Decodable, Sendable {
        /// Seconds from the beginning.
        var start: Double
        var end: Double
        var text: String
    }

    struct Usage: Decodable, Sendable {
        var seconds: Double?
        var inputTokens: Int?
        var outputTokens: Int?
        /// Mistral's names.
        var promptAudioSeconds: Double?
        var promptTokens: Int?
        var completionTokens: Int?

        private enum CodingKeys: String, CodingKey {
            case seconds
            case inputTokens = "input_tokens"
            case outputTokens = "output_tokens"
            case promptAudioSeconds = "prompt_audio_seconds"
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    var text: String
    var language: String?
    var duration: Double?
    var segments: [Segment]?
    var usage: Usage?

    /// - Throws: `ProviderError` with code `malformedReply`.
    init(_ json: [UInt8], from place: String) throws {
        do {
            self = try JSONDecoder().decode(Transcript.self, from: Data(json))
        } catch {
            let start = String(decoding: json.prefix(120), as: UTF8.self)
            throw ProviderError(
                .malformedReply, "\(place) sent a reply that is not a transcript: “\(start)”.", underlyingError: error)
        }
    }

    /// Nil if the provider reports no usage, or not in the unit of the price.
    func billed(at price: ModelPrice?) -> BilledUsage? {
        let seconds = usage?.seconds ?? usage?.promptAudioSeconds ?? duration
        let input = usage?.inputTokens ?? usage?.promptTokens
        let output = usage?.outputTokens ?? usage?.completionTokens
        guard seconds != nil || input != nil || output != nil else { return nil }
        // Tokens alone do not show the minutes; the estimate does.
        if seconds == nil, let price, price.perAudioMinute != nil, price.inputPerMillion == nil { return nil }
        return BilledUsage(input: input ?? 0, output: output ?? 0, audioSeconds: seconds ?? 0)
    }

    /// The length after which a paragraph ends. It also ends at a pause.
    private static let paragraphSeconds = 30.0
    private static let pauseSeconds = 2.0

    /// The text, with a time before each paragraph and as its place, if times are known.
    var paragraphs: [GeneratedParagraph] {
        guard let segments, !segments.isEmpty else {
            let whole = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return whole.isEmpty ? [] : [GeneratedParagraph(whole)]
        }
        var paragraphs: [(start: Double, end: Double, words: [String])] = []
        var end = 0.0
        for segment in segments {
            let words = segment.text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !words.isEmpty else { continue }
            if let last = paragraphs.last, segment.start - last.start < Self.paragraphSeconds,
                segment.start - end < Self.pauseSeconds
            {
                paragraphs[paragraphs.count - 1].words.append(words)
                paragraphs[paragraphs.count - 1].end = segment.end
            } else {
                paragraphs.append((segment.start, segment.end, [words]))
            }
            end = segment.end
        }
        return paragraphs.map { paragraph in
            GeneratedParagraph(
                "[\(Place.clock(paragraph.start))] \(paragraph.words.joined(separator: " "))",
                place: .time(from: paragraph.start, to: paragraph.end))
        }
    }
}
