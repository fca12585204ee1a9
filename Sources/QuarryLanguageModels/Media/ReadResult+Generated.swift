import QuarryCore
import QuarryReaders

extension ReadResult {
    /// - Parameter model: The identity of the model that made nothing of the source; nil where none was asked.
    static func rejected(
        _ source: Source, _ reason: Rejection.Reason, _ message: String, by model: String? = nil
    ) -> ReadResult {
        ReadResult(rejected: [Rejection(source: source.id, reason: reason, message: message, model: model)])
    }

    /// A document of paragraphs that a model wrote about a source, cleaned as any text is.
    static func generated(
        _ paragraphs: [GeneratedParagraph], of source: Source, _ metadata: [String: MetadataValue]
    ) -> ReadResult {
        let text = paragraphs.map(\.text).joined(separator: "\n\n") + "\n"
        var result = PlainTextReader().read(Source(id: source.id, bytes: Array(text.utf8)))
        for index in result.documents.indices {
            result.documents[index].metadata = metadata
            var map = result.documents[index].sourceMap
            map.base = .text
            var start = 0
            for paragraph in paragraphs {
                let written = start..<start + paragraph.text.utf8.count
                start = written.upperBound + 2
                guard let place = paragraph.place else { continue }
                let range = map.textRange(ofSource: written)
                if !range.isEmpty { map.places.append(.init(range: range, place: place)) }
            }
            result.documents[index].sourceMap = map
        }
        return result
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
