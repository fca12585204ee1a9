/// The output of a reader for one source: cleaned text, its structure, and the mapping back to the source's bytes.
///
/// All ranges in this module are half-open ranges of UTF-8 offsets into ``text``.
public struct Document: Sendable, Hashable {
    /// Stable name of the document inside a corpus: a path relative to the indexed root, or a JSONL record's `_id`.
    public var id: String
    /// The title that the author gave it (front matter, first heading, JSONL `title`), if any.
    public var title: String?
    /// The cleaned text: NFC, without a byte-order mark, soft hyphens or combining stress marks.
    public var text: String
    /// Facts to filter by.
    public var metadata: [String: MetadataValue]
    /// The structure a reader found, in text order. Blocks do not overlap. Empty for plain text.
    public var blocks: [Block]
    /// Maps ranges in ``text`` back to bytes and lines of the source.
    public var sourceMap: SourceMap
    /// Targets of wikilinks in text order, as written, without alias or heading.
    public var links: [String]

    /// - `sourceMap`: Nil means the identity map of `text`, as for text without a file.
    public init(
        id: String, title: String? = nil, text: String, metadata: [String: MetadataValue] = [:], blocks: [Block] = [],
        sourceMap: SourceMap? = nil, links: [String] = []
    ) {
        self.id = id
        self.title = title
        self.text = text
        self.metadata = metadata
        self.blocks = blocks
        self.sourceMap = sourceMap ?? SourceMap(identityOf: text)
        self.links = links
    }
}

/// A stretch of a document with one role in its structure.
public struct Block: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A heading; `title` is its text without markup. Levels run from 1.
        case heading(level: Int, title: String)
        case paragraph
        /// A whole list, nested items included.
        case list
        /// A fenced or indented code block, fences included.
        case code(language: String?)
        /// A table; `header` covers its heading rows and the delimiter row.
        case table(header: Range<Int>)
        case quote
    }

    public var kind: Kind
    /// UTF-8 offsets into the document's text.
    public var range: Range<Int>

    public init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}

/// A metadata value in front matter, JSONL records and filters.
public enum MetadataValue: Sendable, Hashable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case strings([String])
}

extension MetadataValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode([String].self) {
            self = .strings(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .strings(let value): try container.encode(value)
        }
    }
}

extension MetadataValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
