public import QuarryCore
import QuarryJSON
import QuarryText

/// Reads JSON.
///
/// A list of objects with text has a document for each object, as JSONL has. Its text is the member `text`, and its name
/// is `_id` or `id`, and otherwise `<source>#L<line>`. An object without `text` is written whole, and its longest string
/// is a paragraph. Members become metadata.
///
/// Any other value is one document: objects are under headings, other members are lines `name: value`, and lists are
/// lists. Values nest at most 256 deep, and those deeper than 32 are written as JSON. Several values in a file are read as JSONL.
public struct JSONReader: Reader {
    public init() {}

    public var formatName: String { "JSON" }
    public var pathExtensions: Set<String> { ["json"] }
    public var version: String { "json/1" }

    public func read(_ source: Source) -> ReadResult {
        do throws(Rejection) {
            let text = try CleanSource(json: source)
            let bytes = Array(text.text.utf8)
            return bytes.withUnsafeBufferPointer { bytes in
                if !bytes.contains(where: { $0 > 0x20 }) { return ReadResult(rejected: [.empty(source.id)]) }
                do {
                    return try read(source.id, text, bytes)
                } catch let fault as JSONFault {
                    if bytes.first == UInt8(ascii: "{") {
                        let lines = JSONLReader().read(source)
                        if lines.documents.count > 1, lines.rejected.isEmpty { return lines }
                    }
                    return ReadResult(rejected: [text.rejection(source.id, of: fault)])
                } catch let rejection as Rejection {
                    return ReadResult(rejected: [rejection])
                } catch {
                    return ReadResult(rejected: [text.rejection(source.id, of: JSONFault("\(error)", offset: 0))])
                }
            }
        } catch {
            return ReadResult(rejected: [error])
        }
    }

    private func read(
        _ id: String, _ text: CleanSource, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws -> ReadResult {
        var cursor = JSONCursor(bytes, in: 0..<bytes.count)
        let isList = cursor.next() == UInt8(ascii: "[")
        let whole = try cursor.value()
        try cursor.end()
        if isList, let records = try records(in: whole, bytes) {
            var parse = JSONRecords(source: id, text: text, bytes: bytes)
            for record in records { parse.read(record) }
            return parse.finish()
        }
        let metadata = try JSONMetadata(of: whole, in: bytes)
        var document = JSONDocument(bytes, title: metadata.title ?? String(id.split(separator: "/").last ?? ""))
        var start = JSONCursor(bytes, in: whole.range)
        try document.write(&start)
        guard let written = document.writer.document(id: id, title: metadata.title, from: text) else {
            throw Rejection.empty(id)
        }
        return ReadResult(
            documents: [written.document], warnings: text.warnings,
            bidirectionalControls: written.removed.bidirectionalControls)
    }

    /// The elements of a list; nil if it is empty, or not each is an object with a string.
    private func records(in list: JSONSpan, _ bytes: UnsafeBufferPointer<UInt8>) throws -> [JSONSpan]? {
        var records: [JSONSpan] = []
        var areRecords = true
        var cursor = JSONCursor(bytes, in: list.range)
        try cursor.elements { cursor in
            guard areRecords, cursor.next() == UInt8(ascii: "{") else {
                areRecords = false
                return try cursor.skip()
            }
            let start = cursor
            var hasString = false
            try cursor.spans { _, cursor in
                if try cursor.value().kind == .string { hasString = true }
            }
            var whole = start
            areRecords = hasString
            records.append(try whole.value())
        }
        return areRecords && !records.isEmpty ? records : nil
    }
}
