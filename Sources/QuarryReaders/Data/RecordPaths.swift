import QuarryCore
import QuarryJSON
import QuarryText

/// A way to a member of a record: `body`, or `message.body` for the member of a member.
///
/// Names are separated by dots. A list on the way gives what its elements have.
public struct RecordPath: Sendable, Hashable {
    /// At least one. None is empty.
    public let names: [String]

    /// - Returns: Nil for an empty name.
    public init?(_ text: String) {
        let path = text.hasPrefix("$.") ? text.dropFirst(2) : text[...]
        names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy({ !$0.isEmpty }), names.count <= Self.maximumDepth else { return nil }
    }

    static let maximumDepth = 32

    /// The rest of a path that begins with a name; nil if there is none.
    func within(_ name: String) -> RecordPath? {
        names.first == name ? RecordPath(names.dropFirst().joined(separator: ".")) : nil
    }
}

extension RecordPath: CustomStringConvertible {
    public var description: String { names.joined(separator: ".") }
}

extension RecordPath: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let path = RecordPath(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is not a path to a member"))
        }
        self = path
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Where records have their text, id and title. Nil means the usual members: `text`, `_id` or `id`, `title`.
public struct RecordPaths: Sendable, Hashable, Codable {
    /// Several strings, such as those of a list, become paragraphs.
    public var text: RecordPath?
    /// A string or a number; the first, if there are several.
    public var id: RecordPath?
    /// A string; the first, if there are several.
    public var title: RecordPath?

    public init(text: RecordPath? = nil, id: RecordPath? = nil, title: RecordPath? = nil) {
        self.text = text
        self.id = id
        self.title = title
    }

    var textName: String { text?.description ?? "text" }
    var titleName: String { title?.description ?? "title" }

    /// Whether a member is the text or the title, and so no metadata.
    func isMember(_ name: String) -> Bool { name == text?.description || name == title?.description }

    /// The paths from a member of the record; nil if the text is not in it. An id or a title that is not in it has none.
    func within(_ name: String) -> RecordPaths? {
        guard let text = text?.within(name) else { return nil }
        return RecordPaths(text: text, id: id?.within(name), title: title?.within(name))
    }

    /// What is added to the version of a reader: empty for the usual members.
    var versionSuffix: String {
        [("text", text), ("id", id), ("title", title)].compactMap { name, path in
            path.map { " \(name)=\($0)" }
        }.joined()
    }
}

extension RecordPath {
    /// The strings and numbers that the path leads to, in the order of the record.
    func values(in record: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) throws -> [JSONSpan] {
        var found: [JSONSpan] = []
        var cursor = JSONCursor(bytes, in: record)
        try collect(names[...], &cursor, into: &found)
        return found
    }

    private func collect(_ names: ArraySlice<String>, _ cursor: inout JSONCursor, into found: inout [JSONSpan]) throws {
        switch cursor.next() {
        case UInt8(ascii: "["):
            try cursor.elements { cursor in
                // A list in a list is not on the way.
                if cursor.next() == UInt8(ascii: "[") { return try cursor.skip() }
                try collect(names, &cursor, into: &found)
            }
        case UInt8(ascii: "{"):
            guard let name = names.first else { return try cursor.skip() }
            try cursor.members { key, cursor in
                if key == name { try collect(names.dropFirst(), &cursor, into: &found) } else { try cursor.skip() }
            }
        default:
            let value = try cursor.value()
            if names.isEmpty, value.kind == .string || value.kind == .number { found.append(value) }
        }
    }
}

extension CleanedText {
    /// The texts with an empty line between them.
    init(paragraphs: [CleanedText]) {
        guard var whole = paragraphs.first else {
            self.init(text: "", segments: [], removed: RemovedCharacters())
            return
        }
        for next in paragraphs.dropFirst() {
            whole.text += "\n\n"
            let start = whole.text.utf8.count
            whole.text += next.text
            whole.segments += next.segments.map { segment in
                var segment = segment
                segment.clean += start
                return segment
            }
            whole.removed.add(next.removed)
        }
        self = whole
    }
}
