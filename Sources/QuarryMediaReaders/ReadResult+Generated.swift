import QuarryCore
import QuarryReaders

extension ReadResult {
    static func rejected(_ source: Source, _ reason: Rejection.Reason, _ message: String) -> ReadResult {
        ReadResult(rejected: [Rejection(source: source.id, reason: reason, message: message)])
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
