public import QuarryCore
import QuarryJSON
import QuarryText

/// Reads one document from each line of JSON: `{"_id": …, "title": …, "text": …, "metadata": {…}}`, the layout of BEIR.
///
/// `_id` is a string or a number. A record without one has its `id`, and otherwise the name `<source>#L<line>`. Members of
/// `metadata` and unknown members of the record, `id` included, become metadata. Objects are flattened with dots, lists become strings, and nulls are omitted.
/// Numbers that a `Double` cannot represent keep their digits as a string. If `text` is empty, the title becomes the
/// text, so that a record with only a title can be found. The map of each document leads to the bytes and the line of
/// its record, through escapes.
///
/// Invalid lines are rejected by number, and the others are read. Of many invalid lines, the first are listed and the
/// others counted.
public struct JSONLReader: Reader {
    private let paths: RecordPaths

    /// - `paths`: Where the records have their text, id and title.
    public init(paths: RecordPaths = RecordPaths()) { self.paths = paths }

    public var formatName: String { "JSON Lines" }
    public var pathExtensions: Set<String> { ["jsonl", "ndjson"] }
    public var version: String { "jsonl/4" + paths.versionSuffix }

    public func read(_ source: Source) -> ReadResult {
        do {
            let start = try SourceStart(source, isLines: true)
            if let encoding = start.encoding { return try read(source, as: encoding) }
            let mojibake = Mojibake(in: source.bytes)
            let parse = (mojibake?.utf8 ?? source.bytes).withUnsafeBufferPointer { bytes in
                var parse = JSONLParse(source: source.id, bytes: bytes, decoded: mojibake?.segments, paths: paths)
                parse.removed.repaired = mojibake?.count ?? 0
                parse.run()
                return parse
            }
            if parse.looksForeign, !start.isMarkedUTF8, case .text(let encoding) = EncodingDetector.detect(source.bytes)
            {
                var result = try read(source, as: encoding)
                result.warnings += Rejection.guesses(source.id, encoding)
                return result
            }
            // Zero bytes and not a single record: the file is not text.
            if parse.result.documents.isEmpty, source.bytes.prefix(8192).contains(0) {
                return ReadResult(rejected: [.binary(source.id)])
            }
            return parse.finish()
        } catch {
            return ReadResult(rejected: [error])
        }
    }

    private func read(_ source: Source, as encoding: TextEncoding) throws(Rejection) -> ReadResult {
        var decoded = try TextDecoder.decode(source, as: encoding)
        let mojibake = Mojibake(in: decoded.utf8)
        if let mojibake {
            decoded.utf8 = mojibake.utf8
            decoded.segments = SourceMap.composition(of: mojibake.segments, over: decoded.segments)
        }
        return decoded.utf8.withUnsafeBufferPointer { bytes in
            var parse = JSONLParse(source: source.id, bytes: bytes, decoded: decoded.segments, paths: paths)
            parse.removed.repaired = mojibake?.count ?? 0
            parse.run()
            return parse.finish()
        }
    }
}

/// One pass over the lines of a source.
private struct JSONLParse {
    let source: String
    let bytes: UnsafeBufferPointer<UInt8>
    /// From `bytes` to the source, if they differ.
    let decoded: [SourceMap.Segment]?
    let paths: RecordPaths
    var result = ReadResult()
    /// The characters that were removed from all records.
    var removed = RemovedCharacters()
    private var rejected = RejectedRecords()
    var ids: Set<ExactText> = []
    private var lines = 0
    /// The number of lines that are not UTF-8, and of their bytes beyond ASCII.
    private var damaged = (lines: 0, bytes: 0)

    /// Shared by all records, because a record can begin anywhere.
    private static let lineStarts = [0]
    /// A longer list is data, not metadata.
    private static let maximumListCount = 1 << 16

    init(
        source: String, bytes: UnsafeBufferPointer<UInt8>, decoded: [SourceMap.Segment]?, paths: RecordPaths
    ) {
        self.source = source
        self.bytes = bytes
        self.decoded = decoded
        self.paths = paths
    }

    mutating func run() {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 1
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            readLine(start..<end, number: line)
            start = end + 1
            line += 1
        }
    }

    func finish() -> ReadResult {
        var result = result
        result.rejected = rejected.all
        result.warnings += removed.warnings(source)
        if result.documents.isEmpty, result.rejected.isEmpty { return ReadResult(rejected: [.empty(source)]) }
        return result
    }

    /// Whether the lines that are not UTF-8 seem to be in another encoding, which JSON does not permit, instead of
    /// damaged. A few bytes are not sufficient evidence, and neither is one line among many.
    var looksForeign: Bool { damaged.bytes >= 8 && damaged.lines * 10 >= lines }

    private mutating func readLine(_ range: Range<Int>, number: Int) {
        if bytes[range].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
        lines += 1
        do {
            let document = try document(in: range, line: number)
            guard ids.insert(ExactText(document.id)).inserted else {
                throw Rejection(
                    source: source, line: number, reason: .duplicateID,
                    message: "The id \"\(document.id)\" occurs twice; the first record is kept.")
            }
            result.documents.append(document)
        } catch let rejection as Rejection {
            rejected.append(rejection)
        } catch let fault as JSONFault {
            let column = fault.offset - range.lowerBound + 1
            rejected.append(
                Rejection(
                    source: source, line: number, reason: .brokenRecord,
                    message: "The line is not valid JSON: \(fault.message) (byte \(column) of the line)."))
        } catch {
            damaged.lines += 1
            damaged.bytes += bytes[range].count { $0 >= 0x80 }
            rejected.append(
                Rejection(
                    source: source, line: number, reason: .undecodable,
                    message: "The line is not UTF-8. Repair it or convert the file."))
        }
    }

    private mutating func document(in range: Range<Int>, line: Int) throws -> Document {
        var id: JSONSpan?
        var title: JSONSpan?
        var text: JSONSpan?
        var nested: JSONSpan?
        var others: [(key: JSONSpan, value: JSONSpan)] = []
        var otherID: JSONSpan?
        for member in try members(of: range, line: line) {
            switch try self.member(member.key) {
            case .id where paths.id == nil: id = member.value
            case .otherID:
                otherID = member.value
                others.append(member)
            case .title where paths.title == nil: title = member.value
            case .text where paths.text == nil: text = member.value
            case .metadata:
                guard member.value.kind == .object || member.value.kind == .null else {
                    throw broken(line, "\"metadata\" is \(member.value.kind.rawValue), not an object.")
                }
                nested = member.value
            case .id, .title, .text, .other: others.append(member)
            }
        }
        if let path = paths.id { id = try path.values(in: range, of: bytes).first }
        if let path = paths.title { title = try path.values(in: range, of: bytes).first { $0.kind == .string } }
        var metadata: [String: MetadataValue] = [:]
        for member in others {
            var cursor = JSONCursor(bytes, in: member.value.range)
            try collect(&cursor, as: try string(member.key), into: &metadata)
        }
        if let nested, nested.kind == .object {
            var cursor = JSONCursor(bytes, in: nested.range)
            try cursor.spans { key, cursor in try collect(&cursor, as: try string(key), into: &metadata) }
        }
        let name = try self.title(title, line: line)
        let texts = try paths.text?.values(in: range, of: bytes) ?? text.map { [$0] } ?? []
        guard !texts.isEmpty else { throw try noText(title, others, line: line) }
        let body = try self.text(texts, title: title, line: line)
        result.bidirectionalControls += body.removed.bidirectionalControls
        removed.add(body.removed)
        return Document(
            id: try self.id(id, or: otherID, line: line), title: name, text: body.text, metadata: metadata,
            sourceMap: SourceMap(segments: body.segments, lineStarts: JSONLParse.lineStarts, firstLine: line))
    }

    /// The members of the object on a line.
    private func members(of range: Range<Int>, line: Int) throws -> [(key: JSONSpan, value: JSONSpan)] {
        var members: [(key: JSONSpan, value: JSONSpan)] = []
        var cursor = JSONCursor(bytes, in: range)
        let isObject = cursor.next() == UInt8(ascii: "{")
        if isObject {
            try cursor.spans { key, cursor in members.append((key, try cursor.value())) }
        } else {
            try cursor.skip()
        }
        try cursor.end()
        guard isObject else {
            throw broken(
                line, "The line is JSON, but not an object. A record looks like {\"_id\": \"a\", \"text\": \"…\"}.")
        }
        return members
    }

    private enum Member { case id, otherID, title, text, metadata, other }

    private func member(_ key: JSONSpan) throws -> Member {
        if key.hasEscapes { return member(try string(key).utf8) }
        return member(bytes[key.contents])
    }

    private func member(_ key: some Collection<UInt8>) -> Member {
        if key.elementsEqual("_id".utf8) { return .id }
        if key.elementsEqual("id".utf8) { return .otherID }
        if key.elementsEqual("title".utf8) { return .title }
        if key.elementsEqual("text".utf8) { return .text }
        return key.elementsEqual("metadata".utf8) ? .metadata : .other
    }

    /// - `other`: The member `id`, which may also be something else than a name.
    private func id(_ value: JSONSpan?, or other: JSONSpan?, line: Int) throws -> String {
        if let value, value.kind != .null, !value.contents.isEmpty {
            guard value.isName else { throw broken(line, "\"_id\" is \(value.kind.rawValue), not a string.") }
            return try string(value)
        }
        if let other, other.isName, !other.contents.isEmpty { return try string(other) }
        return "\(source)#L\(line)"
    }

    private func title(_ value: JSONSpan?, line: Int) throws -> String? {
        guard let value, value.kind != .null else { return nil }
        guard value.kind == .string else { throw broken(line, "\"title\" is \(value.kind.rawValue), not a string.") }
        let title = try clean(value).text.joiningWords()
        return title.isEmpty ? nil : title
    }

    private func text(_ values: [JSONSpan], title: JSONSpan?, line: Int) throws -> CleanedText {
        if let value = values.first, value.kind != .string, paths.text == nil {
            throw broken(line, "\"text\" is \(value.kind.rawValue), not a string.")
        }
        let body = CleanedText(paragraphs: try values.map(clean))
        if body.text.utf8.contains(where: { $0 > 0x20 }) { return body }
        if let title, title.kind == .string {
            let name = try clean(title)
            if name.text.utf8.contains(where: { $0 > 0x20 }) { return name }
        }
        throw Rejection(
            source: source, line: line, reason: .empty,
            message: "Both \"\(paths.textName)\" and \"\(paths.titleName)\" are empty.")
    }

    /// Names the longest string of a record without a text, which may be meant.
    private func noText(
        _ title: JSONSpan?, _ others: [(key: JSONSpan, value: JSONSpan)], line: Int
    ) throws -> Rejection {
        let message = "The record has no \"\(paths.textName)\"."
        let strings = others.filter { $0.value.kind == .string && !$0.value.contents.isEmpty }
        // The first of the longest. A dot would be a path.
        let longest = try strings.sorted { $0.value.contents.count > $1.value.contents.count }
            .lazy.map { try string($0.key) }.first { RecordPath($0)?.names.count == 1 && !["id", "_id"].contains($0) }
        guard paths.text == nil, let name = longest ?? (title?.kind == .string ? "title" : nil) else {
            return broken(line, message)
        }
        return broken(line, "\(message) Its longest string is “\(name.joiningWords())”.")
    }

    private func broken(_ line: Int, _ message: String) -> Rejection {
        Rejection(source: source, line: line, reason: .brokenRecord, message: message)
    }

    /// A cleaned string value with its map to the source.
    private func clean(_ string: JSONSpan) throws -> CleanedText {
        var cleaned: CleanedText
        if string.hasEscapes {
            var map = SourceMapBuilder()
            let utf8 = try JSONCursor(bytes, in: string.range).unescaped(string) { source, count in
                if source.count == count {
                    map.append(source: source.lowerBound, count: count)
                } else {
                    map.append(source: source.lowerBound, cleanUnit: count, sourceUnit: source.count)
                }
            }
            cleaned = try TextCleaner.clean(utf8)
            cleaned.segments = SourceMap.composition(of: cleaned.segments, over: map.segments)
        } else {
            cleaned = try TextCleaner.clean(
                UnsafeBufferPointer(rebasing: bytes[string.contents]), base: string.contents.lowerBound)
        }
        if let decoded { cleaned.segments = SourceMap.composition(of: cleaned.segments, over: decoded) }
        return cleaned
    }

    /// A string without its escapes; any other value as written.
    private func string(_ value: JSONSpan) throws -> String {
        let text =
            value.hasEscapes
            ? String(validating: try JSONCursor(bytes, in: value.range).unescaped(value), as: UTF8.self)
            : String(validating: bytes[value.contents], as: UTF8.self)
        guard let text else { throw InvalidUTF8(offset: value.range.lowerBound) }
        return text
    }

    /// Adds the next value to the metadata; objects are added member by member.
    private func collect(
        _ cursor: inout JSONCursor, as name: String, into metadata: inout [String: MetadataValue]
    ) throws {
        if paths.isMember(name) { return try cursor.skip() }
        switch cursor.next() {
        case UInt8(ascii: "{"):
            try cursor.spans { key, cursor in
                try collect(&cursor, as: name + "." + (try string(key)), into: &metadata)
            }
        case UInt8(ascii: "["):
            var elements: [String] = []
            let start = cursor.fault("a list has more than \(Self.maximumListCount) elements")
            try cursor.elements { cursor in
                guard elements.count < Self.maximumListCount else { throw start }
                elements.append(try string(cursor.value()))
            }
            metadata[name] = .strings(elements)
        default:
            let value = try cursor.value()
            let text = try string(value)
            switch value.kind {
            case .boolean: metadata[name] = .bool(text == "true")
            case .number: metadata[name] = .numeral(text)
            case .string: metadata[name] = .string(text)
            case .null, .array, .object: break
            }
        }
    }
}

extension JSONSpan {
    fileprivate var isName: Bool { kind == .string || kind == .number }
}
