/// The name of a leg, as scores, weights and replies use it.
public struct LegName: RawRepresentable, Sendable, Hashable, Codable, CodingKeyRepresentable, Comparable,
    ExpressibleByStringLiteral
{
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// Similarity of meaning, by cosine.
    public static let vector: LegName = "vector"
    /// Shared words, by BM25.
    public static let bm25: LegName = "bm25"

    public static func < (a: LegName, b: LegName) -> Bool { a.rawValue < b.rawValue }
}

/// One method of finding chunks of a corpus.
public protocol Leg: Sendable {
    var name: LegName { get }
    /// The lowest possible score: −1 for cosine, 0 for BM25.
    var scoreFloor: Double { get }

    /// The best chunks for a question, in the order of ``ScoredID/precedes(_:_:)``.
    ///
    /// - `mask`: Limits the search to these chunks; nil means all.
    func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID]

    /// The scores of given chunks, as in ``best(for:limit:among:)``, in any order. Chunks without a score, such as
    /// those without a vector, are omitted.
    func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID]

    /// The leg for one search. A leg that depends on the state of the corpus returns a copy that reads `snapshot`.
    ///
    /// The default is the leg itself.
    func bound(to snapshot: any Snapshot) async throws -> any Leg
}

extension Leg {
    public func bound(to snapshot: any Snapshot) async throws -> any Leg { self }
}

/// A consistent view of a corpus for one search: later writes do not change it.
public protocol Snapshot: Sendable {
    var legs: [any Leg] { get }
    /// The words of the corpus. The default is nil: then the operators of a question count as text, which a search says, and
    /// its words are not corrected.
    var words: (any WordIndex)? { get }

    /// ISO 639-1 codes of the documents' languages, most frequent first.
    func languages() async throws -> [String]
    /// Identifies the state among those of all corpora. It changes with every change of content or vectors, and no other
    /// corpus has it, except an unchanged copy: with an equal revision, a question finds the same chunks.
    func revision() async throws -> String
    /// The chunks of the documents that match.
    func mask(of filter: Filter) async throws -> ChunkMask
    /// The chunks of the sources whose name has a part, in whatever case.
    func mask(ofSourcesNamed part: String) async throws -> ChunkMask
    /// The chunks with the given ids. Unknown ids are omitted.
    func passages(_ ids: [ChunkID]) async throws -> [ChunkID: Passage]
    /// The passages of one document at given positions, ``Chunk/ordinal``. Positions without a passage are omitted.
    func passages(ofDocument documentID: String, at ordinals: ClosedRange<Int>) async throws -> [ChunkID: Passage]
    /// The vectors of chunks, of unit length. Chunks without a vector are omitted.
    func vectors(of ids: [ChunkID]) async throws -> [ChunkID: [Float]]
    /// The number of chunks, and how many of them have a vector.
    func vectorCoverage() async throws -> VectorCoverage
}

extension Snapshot {
    public var words: (any WordIndex)? { nil }
}

/// A corpus that can be searched.
public protocol SnapshotSource: Sendable {
    /// Opens a snapshot while `body` runs. Do not open another one within it.
    func withSnapshot<Result: Sendable>(
        _ body: (any Snapshot) async throws -> Result
    ) async throws -> Result
}

/// How many chunks of a corpus have a vector.
public struct VectorCoverage: Sendable, Hashable, Codable {
    public var chunks: Int
    public var vectors: Int

    public init(chunks: Int, vectors: Int) {
        self.chunks = chunks
        self.vectors = vectors
    }

    public var isComplete: Bool { vectors >= chunks }
}

/// A stored chunk with everything that a citation needs.
public struct Passage: Sendable, Hashable {
    public var chunk: Chunk
    /// The document's text between this chunk and the next.
    public var separator: String
    public var documentTitle: String?
    /// The language of the document as an ISO 639-1 code; nil if unknown. The analyzer makes the chunk's terms for this
    /// language.
    public var language: String?
    /// The file as the index knows it, relative to the indexed root.
    public var source: String
    /// The absolute path of the file when it was indexed; nil without a file.
    public var path: String?
    /// Digest of the whole source when it was indexed; nil without a source file.
    public var sourceDigest: ContentHash?
    /// Maps offsets in the chunk's text to the source.
    public var sourceMap: SourceMap

    /// - `sourceMap`: Nil means the identity map of the chunk's text.
    public init(
        chunk: Chunk, separator: String = "", documentTitle: String? = nil, language: String? = nil, source: String,
        path: String? = nil, sourceDigest: ContentHash? = nil, sourceMap: SourceMap? = nil
    ) {
        self.chunk = chunk
        self.separator = separator
        self.documentTitle = documentTitle
        self.language = language
        self.source = source
        self.path = path
        self.sourceDigest = sourceDigest
        self.sourceMap = sourceMap ?? SourceMap(identityOf: chunk.text)
    }

    /// The location of the whole chunk.
    public var location: SourceLocation { location(of: 0..<chunk.text.utf8.count) }

    /// The location of a part of the chunk, given as UTF-8 offsets into its text.
    public func location(of range: Range<Int>) -> SourceLocation {
        SourceLocation(
            source: source, path: path, bytes: sourceMap.sourceRange(of: range), lines: sourceMap.lines(of: range),
            places: sourceMap.places(of: range), base: sourceMap.base, member: sourceMap.member)
    }
}
