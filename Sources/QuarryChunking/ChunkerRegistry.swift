public import QuarryCore

/// The name of a chunking strategy, as stored in an index.
public struct ChunkingStrategy: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// Splits at headings, tables, code and lists, at questions, articles and turns; otherwise recursively.
    public static let structure: ChunkingStrategy = "structure"
    /// Splits at blank lines, lines, sentences and words, in this order.
    public static let recursive: ChunkingStrategy = "recursive"
    /// Splits between sentences.
    public static let sentence: ChunkingStrategy = "sentence"
    /// Cuts windows of equal length between words.
    public static let fixed: ChunkingStrategy = "fixed"
    /// Splits where the meaning changes, as the embedding model of the index sees it, and by structure.
    public static let semantic: ChunkingStrategy = "semantic"

    /// The strategies that a new ``ChunkerRegistry`` knows.
    public static let all: [ChunkingStrategy] = [.structure, .recursive, .sentence, .fixed, .semantic]

    /// Says with which version of the strategy an index was made; empty for the first. Documents that were cut by
    /// another version are cut again.
    package var versionSuffix: String {
        switch self {
        case .structure: "+structure/3"
        case .recursive, .sentence: "+\(rawValue)/2"
        default: ""
        }
    }
}

/// Makes chunkers by the name of their strategy. Custom chunkers can be registered.
public struct ChunkerRegistry: Sendable {
    /// Makes a chunker for a length, a counter of tokens, and the embedding model if there is one.
    public typealias Maker = @Sendable (ChunkLength, any TokenCounter, (any Embedder)?) throws -> any Chunker

    private var makers: [ChunkingStrategy: Maker]

    /// Creates a registry with the strategies of ``ChunkingStrategy``.
    public init() {
        makers = [
            .structure: { length, counter, _ in try MarkdownChunker(length: length, counter: counter) },
            .recursive: { length, counter, _ in try RecursiveChunker(length: length, counter: counter) },
            .sentence: { length, counter, _ in try SentenceChunker(length: length, counter: counter) },
            .fixed: { length, counter, _ in try FixedChunker(length: length, counter: counter) },
            .semantic: { length, counter, embedder in
                guard let embedder else { throw ChunkingError.needsModel(ChunkingStrategy.semantic.rawValue) }
                return try SemanticChunker(length: length, counter: counter, embedder: embedder)
            },
        ]
    }

    /// Registers a strategy. It replaces an earlier one of the same name.
    public mutating func register(_ strategy: ChunkingStrategy, _ make: @escaping Maker) { makers[strategy] = make }

    /// - `embedder`: For strategies that compare meanings; nil for none.
    /// - Throws: ``ChunkingError`` for inconsistent lengths, a strategy that is not registered, or one that needs a model.
    public func chunker(
        _ strategy: ChunkingStrategy, length: ChunkLength, counter: any TokenCounter, embedder: (any Embedder)? = nil
    ) throws -> any Chunker {
        guard let make = makers[strategy] else {
            throw ChunkingError.unknownStrategy(
                strategy.rawValue, known: makers.keys.map(\.rawValue).sorted())
        }
        return try make(length, counter, embedder)
    }
}
