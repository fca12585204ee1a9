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

    /// The strategies that a new ``ChunkerRegistry`` knows.
    public static let all: [ChunkingStrategy] = [.structure, .recursive, .sentence, .fixed]

    /// Says with which version of the strategy an index was made; empty for the first. Documents that were cut by
    /// another version are cut again.
    package var versionSuffix: String { self == .structure ? "+structure/2" : "" }
}

/// Makes chunkers by the name of their strategy. Custom chunkers can be registered.
public struct ChunkerRegistry: Sendable {
    private var makers: [ChunkingStrategy: @Sendable (ChunkLength, any TokenCounter) throws -> any Chunker]

    /// Creates a registry with the strategies of ``ChunkingStrategy``.
    public init() {
        makers = [
            .structure: { try MarkdownChunker(length: $0, counter: $1) },
            .recursive: { try RecursiveChunker(length: $0, counter: $1) },
            .sentence: { try SentenceChunker(length: $0, counter: $1) },
            .fixed: { try FixedChunker(length: $0, counter: $1) },
        ]
    }

    /// Registers a strategy. It replaces an earlier one of the same name.
    public mutating func register(
        _ strategy: ChunkingStrategy,
        _ make: @escaping @Sendable (ChunkLength, any TokenCounter) throws -> any Chunker
    ) {
        makers[strategy] = make
    }

    /// - Throws: ``ChunkingError`` for inconsistent lengths, or a strategy that is not registered.
    public func chunker(
        _ strategy: ChunkingStrategy, length: ChunkLength, counter: any TokenCounter
    ) throws -> any Chunker {
        guard let make = makers[strategy] else {
            throw ChunkingError.unknownStrategy(
                strategy.rawValue, known: makers.keys.map(\.rawValue).sorted())
        }
        return try make(length, counter)
    }
}
