import QuarryCore
import QuarryText

extension ReadResult {
    /// - `model`: The identity of the model that made nothing of the source; nil where none was asked.
    static func rejected(
        _ source: Source, _ reason: Rejection.Reason, _ message: String, by model: String? = nil
    ) -> ReadResult {
        ReadResult(rejected: [Rejection(source: source.id, reason: reason, message: message, model: model)])
    }

    /// A document of paragraphs that a model wrote about a source, cleaned as any text is.
    static func generated(
        _ paragraphs: [GeneratedParagraph], of source: Source, _ metadata: [String: MetadataValue]
    ) -> ReadResult {
        let written = Array((paragraphs.map(\.text).joined(separator: "\n\n") + "\n").utf8)
        guard let cleaned = try? TextCleaner.clean(written) else {
            return .rejected(source, .undecodable, "The text that a model wrote is not valid UTF-8.")
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

/// A paragraph that a model wrote, and the place in the source that it is about.
struct GeneratedParagraph: Sendable {
    var text: String
    var place: Place?

    init(_ text: String, place: Place? = nil) {
        self.text = text
        self.place = place
    }
}
