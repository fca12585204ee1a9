public import QuarryCore

/// The name of a way to cut documents, as an index remembers it.
public struct ChunkingStrategy: RawRepresentable, Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// By headings, tables, code and lists where a document has them; recursively where it does not.
    public static let structure: ChunkingStrategy = "structure"
    /// By blank lines, lines, sentences, words, in this order.
    public static let recursive: ChunkingStrategy = "recursive"
    /// By sentences.
    public static let sentence: ChunkingStrategy = "sentence"
}

/// Makes chunkers by the name of their strategy. Chunkers are values: register your own.
public struct ChunkerRegistry: Sendable {
    private var makers: [ChunkingStrategy: @Sendable (ChunkLength, any TokenCounter) throws -> any Chunker]

    /// The three strategies that ``ChunkingStrategy`` names.
    public init() {
        makers = [
            .structure: { try MarkdownChunker(length: $0, counter: $1) },
            .recursive: { try RecursiveChunker(length: $0, counter: $1) },
            .sentence: { try SentenceChunker(length: $0, counter: $1) },
        ]
    }

    /// Takes the place of an earlier strategy of the same name.
    public mutating func register(
        _ strategy: ChunkingStrategy,
        _ make: @escaping @Sendable (ChunkLength, any TokenCounter) throws -> any Chunker
    ) {
        makers[strategy] = make
    }

    /// - Throws: ``ChunkingError`` for lengths that make no sense together, or a strategy that is not registered.
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
