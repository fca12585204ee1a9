/// The name of a leg, as scores, weights and replies use it.
public struct LegName: RawRepresentable, Sendable, Hashable, Codable, Comparable, ExpressibleByStringLiteral {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// Nearness of meaning, by cosine.
    public static let vector: LegName = "vector"
    /// Shared words, by BM25.
    public static let bm25: LegName = "bm25"

    public static func < (a: LegName, b: LegName) -> Bool { a.rawValue < b.rawValue }
}

/// One way to find chunks of a corpus.
public protocol Leg: Sendable {
    var name: LegName { get }
    /// The least score that the leg can give: −1 for cosine, 0 for BM25.
    var scoreFloor: Double { get }

    /// The best chunks for a question, in the order of ``ScoredID/precedes(_:_:)``.
    ///
    /// - `mask`: Only these chunks take part; nil for all.
    func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID]

    /// The scores of given chunks, as ``best(for:limit:among:)`` would give them, in any order. Chunks on which the leg
    /// has no verdict, such as those without a vector, are left out.
    func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID]
}

/// What one search sees of a corpus: the same from its first call to its last, whatever is written meanwhile.
public protocol Snapshot: Sendable {
    var legs: [any Leg] { get }

    /// ISO 639-1 codes of the documents' languages, most frequent first.
    func languages() async throws -> [String]
    /// Names the content and how it was made: while it is the same, the same question finds the same chunks.
    func revision() async throws -> String
    /// The chunks of the documents that match.
    func mask(of filter: Filter) async throws -> ChunkMask
    /// The chunks behind ids; ids that are not there are left out.
    func passages(_ ids: [ChunkID]) async throws -> [ChunkID: Passage]
    /// The vectors of chunks, of unit length; chunks without one are left out.
    func vectors(of ids: [ChunkID]) async throws -> [ChunkID: [Float]]
    /// How many chunks there are, and how many of them have a vector.
    func vectorCoverage() async throws -> VectorCoverage
}

/// A corpus that can be searched.
public protocol SnapshotSource: Sendable {
    /// Opens a snapshot for as long as `body` runs. Do not open another one within it.
    func withSnapshot<Result: Sendable>(
        _ body: (any Snapshot) async throws -> Result
    ) async throws -> Result
}

/// How far the vectors of a corpus are.
public struct VectorCoverage: Sendable, Hashable {
    public var chunks: Int
    public var vectors: Int

    public init(chunks: Int, vectors: Int) {
        self.chunks = chunks
        self.vectors = vectors
    }

    public var isComplete: Bool { vectors >= chunks }
}

/// A chunk as a corpus keeps it, with all that a citation needs.
public struct Passage: Sendable, Hashable {
    public var chunk: Chunk
    /// The document's text between this chunk and the next.
    public var separator: String
    public var documentTitle: String?
    /// The language of the document as an ISO 639-1 code, nil where it is not known. Terms of the chunk are those that
    /// the analyzer makes for it.
    public var language: String?
    /// The file as the index knows it, relative to the indexed root.
    public var source: String
    /// Digest of the whole source as it was indexed; nil where there is none.
    public var sourceDigest: ContentHash?
    /// The way from the chunk's text to its source, in offsets of that text.
    public var sourceMap: SourceMap

    /// - `sourceMap`: The identity map of the chunk's text when nil.
    public init(
        chunk: Chunk, separator: String = "", documentTitle: String? = nil, language: String? = nil, source: String,
        sourceDigest: ContentHash? = nil, sourceMap: SourceMap? = nil
    ) {
        self.chunk = chunk
        self.separator = separator
        self.documentTitle = documentTitle
        self.language = language
        self.source = source
        self.sourceDigest = sourceDigest
        self.sourceMap = sourceMap ?? SourceMap(identityOf: chunk.text)
    }

    /// The place of the whole chunk.
    public var location: SourceLocation { location(of: 0..<chunk.text.utf8.count) }

    /// The place of a part of the chunk, given as UTF-8 offsets into its text.
    public func location(of range: Range<Int>) -> SourceLocation {
        SourceLocation(
            source: source, bytes: sourceMap.sourceRange(of: range), lines: sourceMap.lines(of: range),
            places: sourceMap.places(of: range), base: sourceMap.base)
    }
}
