import QuarryCore
import QuarryJSON
import QuarryText

/// The members of an object that describe it.
struct JSONMetadata {
    var id: String?
    var title: String?
    /// Several if a path leads to several.
    var texts: [JSONSpan] = []
    var longest: JSONSpan?
    var values: [String: MetadataValue] = [:]

    /// Longer strings and lists are text, not metadata.
    private static let maximumValue = 1 << 12
    private static let maximumDepth = 32

    init(of object: JSONSpan, in bytes: UnsafeBufferPointer<UInt8>, paths: RecordPaths) throws {
        guard object.kind == .object else { return }
        var other: String?
        var longestName = ""
        var cursor = JSONCursor(bytes, in: object.range)
        try cursor.members { name, cursor in
            if name == "metadata", cursor.next() == UInt8(ascii: "{") {
                try cursor.members { name, cursor in try collect(&cursor, as: name) }
                return
            }
            let start = cursor
            let value = try cursor.value()
            let isName = value.kind == .string || value.kind == .number
            func text() throws -> String { try JSONCursor(bytes, in: value.range).string(value) }
            switch name {
            case "_id" where isName && paths.id == nil: id = try text()
            case "title" where value.kind == .string && paths.title == nil: title = try Self.line(text())
            case "name" where value.kind == .string && other == nil: other = try Self.line(text())
            case "text" where value.kind == .string && paths.text == nil: texts = [value]
            default: break
            }
            if name == "id", isName, id == nil, paths.id == nil { id = try text() }
            if value.kind == .string, value.range.count > longest?.range.count ?? 0,
                !["_id", "id", "title"].contains(name)
            {
                longest = value
                longestName = name
            }
            if !["_id", "title", "text"].contains(name), !paths.isMember(name), value.range.count <= Self.maximumValue {
                var again = start
                try collect(&again, as: name)
            }
        }
        if let path = paths.text { texts = try path.values(in: object.range, of: bytes) }
        if let path = paths.id, let value = try path.values(in: object.range, of: bytes).first {
            id = try JSONCursor(bytes, in: value.range).string(value)
        }
        if let path = paths.title,
            let value = try path.values(in: object.range, of: bytes).first(where: { $0.kind == .string })
        {
            title = try Self.line(JSONCursor(bytes, in: value.range).string(value))
        }
        for path in [paths.text, paths.title].compactMap({ $0 }) { values[path.description] = nil }
        if texts.isEmpty { values[longestName] = nil }
        if id?.isEmpty == true { id = nil }
        title = title ?? other
        if title?.isEmpty == true { title = nil }
    }

    private static func line(_ text: String) throws -> String {
        try TextCleaner.clean(Array(text.utf8)).text.joiningWords()
    }

    /// Adds the next value; objects are added member by member.
    private mutating func collect(_ cursor: inout JSONCursor, as name: String, depth: Int = 0) throws {
        guard depth <= Self.maximumDepth else { return try cursor.skip() }
        switch cursor.next() {
        case UInt8(ascii: "{"):
            try cursor.members { key, cursor in try collect(&cursor, as: "\(name).\(key)", depth: depth + 1) }
        case UInt8(ascii: "["):
            var elements: [String] = []
            try cursor.elements { cursor in elements.append(try self.text(of: &cursor).text) }
            values[name] = .strings(elements)
        default:
            let value = try text(of: &cursor)
            switch value.kind {
            case .boolean: values[name] = .bool(value.text == "true")
            case .number: values[name] = .numeral(value.text)
            case .string: values[name] = .string(value.text)
            case .null, .array, .object: break
            }
        }
    }

    private func text(of cursor: inout JSONCursor) throws -> (kind: JSONSpan.Kind, text: String) {
        let value = try cursor.value()
        return (value.kind, try cursor.string(value))
    }
}

/// Makes a document of each record in a list.
struct JSONRecords {
    let source: String
    let text: CleanSource
    let bytes: UnsafeBufferPointer<UInt8>
    let paths: RecordPaths
    private var result = ReadResult()
    private var rejected = RejectedRecords()
    /// The characters that were removed from all records.
    private var removed = RemovedCharacters()
    private var ids: Set<ExactText> = []
    /// The line of the last record without an id, and how many began there.
    private var line = (number: 0, records: 0)

    init(source: String, text: CleanSource, bytes: UnsafeBufferPointer<UInt8>, paths: RecordPaths) {
        self.source = source
        self.text = text
        self.bytes = bytes
        self.paths = paths
    }

    func finish() -> ReadResult {
        var result = result
        result.rejected = rejected.all
        result.warnings = text.warnings + removed.warnings(source)
        result.bidirectionalControls = removed.bidirectionalControls
        return result
    }

    mutating func read(_ record: JSONSpan) {
        let line = text.line(at: record.range.lowerBound)
        do {
            let metadata = try JSONMetadata(of: record, in: bytes, paths: paths)
            let id = metadata.id ?? nextID(line: line)
            guard !ids.contains(ExactText(id)) else {
                throw Rejection(
                    source: source, line: line, reason: .duplicateID,
                    message: "The id \"\(id)\" occurs twice; the first record is kept.")
            }
            guard var document = try document(id: id, record, metadata) else {
                throw Rejection(
                    source: source, line: line, reason: .empty,
                    message: paths.text.map { "The record has no \"\($0)\"." } ?? "The record has no text.")
            }
            document.sourceMap = ownLines(of: document.sourceMap, record)
            ids.insert(ExactText(id))
            result.documents.append(document)
        } catch let fault as JSONFault {
            rejected.append(text.rejection(source, of: fault))
        } catch let rejection as Rejection {
            rejected.append(rejection)
        } catch {
            rejected.append(text.rejection(source, of: JSONFault("\(error)", offset: record.range.lowerBound)))
        }
    }

    private mutating func nextID(line number: Int) -> String {
        line = number == line.number ? (number, line.records + 1) : (number, 1)
        return "\(source)#L\(number)" + (line.records > 1 ? ".\(line.records)" : "")
    }

    private mutating func document(id: String, _ record: JSONSpan, _ metadata: JSONMetadata) throws -> Document? {
        if paths.text != nil || !metadata.texts.isEmpty {
            var cleaned = CleanedText(paragraphs: try metadata.texts.map(clean))
            if !cleaned.text.utf8.contains(where: { $0 > 0x20 }), let title = metadata.title {
                cleaned = try TextCleaner.clean(Array(title.utf8))
                cleaned.segments = [
                    .init(
                        clean: 0, source: record.range.lowerBound, cleanUnit: max(1, cleaned.text.utf8.count),
                        sourceUnit: record.range.count, count: 1)
                ]
            }
            guard cleaned.text.utf8.contains(where: { $0 > 0x20 }) else { return nil }
            removed.add(cleaned.removed)
            let segments = SourceMap.composition(of: cleaned.segments, over: text.sourceMap.segments)
            return Document(
                id: id, title: metadata.title, text: cleaned.text, metadata: metadata.values,
                sourceMap: SourceMap(segments: segments, lineStarts: text.sourceMap.lineStarts))
        }
        var document = JSONDocument(bytes, title: metadata.title ?? id)
        var cursor = JSONCursor(bytes, in: record.range)
        try document.write(&cursor, body: metadata.longest)
        let written = document.writer.document(
            id: id, title: metadata.title, metadata: metadata.values, from: text)
        if let written { removed.add(written.removed) }
        return written?.document
    }

    private func clean(_ string: JSONSpan) throws -> CleanedText {
        guard string.hasEscapes else {
            return try TextCleaner.clean(
                UnsafeBufferPointer(rebasing: bytes[string.contents]), base: string.contents.lowerBound)
        }
        var map = SourceMapBuilder()
        let utf8 = try JSONCursor(bytes, in: string.range).unescaped(string) { source, count in
            if source.count == count {
                map.append(source: source.lowerBound, count: count)
            } else {
                map.append(source: source.lowerBound, cleanUnit: count, sourceUnit: source.count)
            }
        }
        var cleaned = try TextCleaner.clean(utf8)
        cleaned.segments = SourceMap.composition(of: cleaned.segments, over: map.segments)
        return cleaned
    }

    /// A record carries only its own lines, not a table of the whole file.
    private func ownLines(of map: SourceMap, _ record: JSONSpan) -> SourceMap {
        guard map.base == .source else { return map }
        let lines = text.sourceMap.lines(of: record.range)
        let starts = text.sourceMap.lineStarts
        let first = max(0, min(lines.lowerBound, starts.count) - 1)
        let end = max(first + 1, min(lines.upperBound, starts.count))
        return SourceMap(segments: map.segments, lineStarts: Array(starts[first..<end]), firstLine: first + 1)
    }
}
