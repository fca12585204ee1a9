import QuarryCore
import QuarryText

extension ReadResult {
    /// - `model`: The identity of the model that rejected the source; nil if no model was called.
    static func rejected(
        _ source: Source, _ reason: Rejection.Reason, _ message: String, by model: String? = nil
    ) -> ReadResult {
        ReadResult(rejected: [Rejection(source: source.id, reason: reason, message: message, model: model)])
    }

    /// A document of paragraphs that a model wrote about a source, cleaned like any text.
    static func generated(
        _ paragraphs: [GeneratedParagraph], of source: Source, _ metadata: [String: MetadataValue]
    ) -> ReadResult {
        let written = Array((paragraphs.map(\.text).joined(separator: "\n\n") + "\n").utf8)
        guard let cleaned = try? TextCleaner.clean(written) else {
            return .rejected(source, .undecodable, "The model's text is not valid UTF-8.")
        }
        var map = SourceMap(
            segments: cleaned.segments, lineStarts: SourceMap.lineStarts(in: written), base: .text)
        var start = 0
        for paragraph in paragraphs {
            let range = start..<start + paragraph.text.utf8.count
            start = range.upperBound + 2
            guard let place = paragraph.place else { continue }
            let text = map.textRange(ofSource: range)
            if !text.isEmpty { map.places.append(.init(range: text, place: place)) }
        }
        return ReadResult(
            documents: [Document(id: source.id, text: cleaned.text, metadata: metadata, sourceMap: map)],
            bidirectionalControls: cleaned.removed.bidirectionalControls)
    }
}

/// A paragraph written by a model, with its place in the source.
struct GeneratedParagraph: Sendable {
    var text: String
    var place: Place?

    init(_ text: String, place: Place? = nil) {
        self.text = text
        self.place = place
    }
}
