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
    private let paths: RecordPaths

    /// - `paths`: Where the records have their text, id and title.
    public init(paths: RecordPaths = RecordPaths()) { self.paths = paths }

    public var formatName: String { "JSON" }
    public var pathExtensions: Set<String> { ["json"] }
    public var version: String { "json/1" + paths.versionSuffix }

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
                        let lines = JSONLReader(paths: paths).read(source)
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
        let whole = try cursor.value()
        try cursor.end()
        if let (records, paths) = try records(in: whole, bytes) {
            var parse = JSONRecords(source: id, text: text, bytes: bytes, paths: paths)
            for record in records { parse.read(record) }
            return parse.finish()
        }
        let metadata = try JSONMetadata(of: whole, in: bytes, paths: RecordPaths())
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

    /// The records of a list, and of a list that the path of the text leads through, with the rest of the paths.
    private func records(
        in whole: JSONSpan, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws -> (records: [JSONSpan], paths: RecordPaths)? {
        var (list, paths) = (whole, paths)
        while list.kind == .object, let name = paths.text?.names.first, let inner = paths.within(name) {
            var value: JSONSpan?
            var cursor = JSONCursor(bytes, in: list.range)
            try cursor.members { key, cursor in
                let member = try cursor.value()
                if key == name { value = member }
            }
            guard let value else { break }
            (list, paths) = (value, inner)
        }
        if list.kind == .array, let records = try elements(of: list, bytes) { return (records, paths) }
        // Without a list, the object that the path begins at is the only record.
        return self.paths.text != nil && whole.kind == .object ? ([whole], self.paths) : nil
    }

    /// The elements of a list; nil if it is empty, or not each is an object with a string.
    private func elements(of list: JSONSpan, _ bytes: UnsafeBufferPointer<UInt8>) throws -> [JSONSpan]? {
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
