/// The name of a stored chunk inside one index file. Never reused while the file lives.
public struct ChunkID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
    public var rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
    public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// The largest id of a stored chunk. A ``ChunkMask`` up to it takes 256 MB.
    package static let maximum: Int64 = 1 << 31

    public static func < (a: ChunkID, b: ChunkID) -> Bool { a.rawValue < b.rawValue }
}

/// A passage: a range of a document, small enough to embed and to quote.
public struct Chunk: Sendable, Hashable {
    public var documentID: String
    /// Position among the chunks of its document, from 0.
    public var ordinal: Int
    /// UTF-8 offsets into the document's text; ``text`` is exactly that range.
    public var range: Range<Int>
    public var text: String
    /// Titles of the headings above, outermost first.
    public var headings: [String]
    /// The header rows of the table that this chunk continues, unless they are part of ``text``.
    public var tableHeader: String?
    /// Length of ``contextualText`` in tokens of the chunker's counter.
    public var tokenCount: Int

    public init(
        documentID: String, ordinal: Int, range: Range<Int>, text: String, headings: [String] = [],
        tableHeader: String? = nil, tokenCount: Int
    ) {
        self.documentID = documentID
        self.ordinal = ordinal
        self.range = range
        self.text = text
        self.headings = headings
        self.tableHeader = tableHeader
        self.tokenCount = tokenCount
    }

    /// What models read: the breadcrumb of headings, a repeated table header, then the text.
    ///
    /// Quotes and citations use ``text``; this is for embedding, re-ranking and prompts.
    public var contextualText: String {
        var parts: [String] = []
        if !headings.isEmpty { parts.append(headings.joined(separator: " > ")) }
        if let tableHeader { parts.append(tableHeader) }
        parts.append(text)
        return parts.joined(separator: "\n")
    }
}

/// The location of a stretch of text in its source.
public struct SourceLocation: Sendable, Hashable, Codable {
    /// The file as the index knows it (relative to the indexed root), or the id of a JSONL record.
    public var source: String
    /// The absolute path of the file when it was indexed; nil without a file.
    public var path: String?
    /// Byte offsets into the source.
    public var bytes: Range<Int>
    /// 1-based lines of the source.
    public var lines: ClosedRange<Int>
    /// Pages, times and the like, in text order; empty for text.
    public var places: [Place]
    /// What ``bytes`` and ``lines`` are counted in.
    public var base: SourceMap.Base
    /// The file inside of the source, such as `notes/a.md` of an archive, in which ``bytes`` and ``lines`` count. Nil
    /// for the source itself.
    public var member: String?

    public init(
        source: String, path: String? = nil, bytes: Range<Int>, lines: ClosedRange<Int>, places: [Place] = [],
        base: SourceMap.Base = .source, member: String? = nil
    ) {
        self.source = source
        self.path = path
        self.bytes = bytes
        self.lines = lines
        self.places = places
        self.base = base
        self.member = member
    }

    /// The source with its member: `docs.zip/notes/a.md`.
    public var name: String { member.map { "\(source)/\($0)" } ?? source }
}

extension SourceLocation: CustomStringConvertible {
    /// `notes/lease.md:3`, `notes/lease.md:3-5`, `docs.zip/lease.md:3`, or `talk.mp3, 00:12–00:30`.
    public var description: String {
        if !places.isEmpty { return "\(name), \(Place.description(of: places))" }
        return lines.count == 1 ? "\(name):\(lines.lowerBound)" : "\(name):\(lines.lowerBound)-\(lines.upperBound)"
    }
}

/// Cuts documents into chunks.
///
/// Invalid parameters are rejected when a conformer is created. Every chunk's `text` is the document's text at the
/// chunk's `range`. Chunks come in text order, are numbered from 0, and omit only white space.
public protocol Chunker: Sendable {
    /// - Throws: The errors of the model, if the chunker asks one. Others do not throw, and need neither `try` nor `await`
    ///   where their type is known.
    func chunks(of document: Document) async throws -> [Chunk]
}

/// Counts the tokens a model would make of a text, special tokens not included.
public protocol TokenCounter: Sendable {
    func tokenCount(of text: String) -> Int

    /// Whether a text has as many tokens as its words together, which are the runs between spaces, tabs and line ends.
    /// The default is false. A chunker then counts every chunk again as a whole.
    var isSumOfWords: Bool { get }
}

extension TokenCounter {
    public var isSumOfWords: Bool { false }
}
