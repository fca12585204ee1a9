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
        _ paragraphs: [String], of source: Source, _ metadata: [String: MetadataValue]
    ) -> ReadResult {
        let text = paragraphs.joined(separator: "\n\n") + "\n"
        var result = PlainTextReader().read(Source(id: source.id, bytes: Array(text.utf8)))
        for index in result.documents.indices { result.documents[index].metadata = metadata }
        return result
    }
}
