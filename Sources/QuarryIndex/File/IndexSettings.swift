public import QuarryChunking
public import QuarryCore
public import QuarryReaders
import QuarryText
import QuarryVectorIndex

/// The settings of an index. They are written when it is created, and all later runs must match them. The model is that
/// of one generation of vectors: of the one that searches use, unless another one was opened.
public struct IndexSettings: Sendable, Hashable, Codable {
    /// How documents are cut into chunks.
    public struct Chunking: Sendable, Hashable, Codable {
        public var strategy: ChunkingStrategy
        /// Usual length of a chunk, in tokens. The default is 300.
        public var target: Int
        /// Maximum length of a chunk, in tokens. The default is 400.
        public var maximum: Int
        /// Overlap of consecutive chunks, in tokens. The default is 0.
        public var overlap: Int

        public init(
            strategy: ChunkingStrategy = .structure, target: Int = 300, maximum: Int = 400, overlap: Int = 0
        ) {
            self.strategy = strategy
            self.target = target
            self.maximum = maximum
            self.overlap = overlap
        }

        var length: ChunkLength { ChunkLength(target: target, maximum: maximum, overlap: overlap) }

        /// Checks the lengths before an index is created with them.
        /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/input``.
        public func validate() throws {
            do {
                _ = try RecursiveChunker(length: length, counter: WordCounter())
            } catch {
                throw CorpusError(.input, "\(error)", underlyingError: error)
            }
        }

        /// The chunker of these settings.
        /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/input``.
        package func chunker(
            _ chunkers: ChunkerRegistry = ChunkerRegistry(), counter: any TokenCounter, embedder: (any Embedder)?
        ) throws -> any Chunker {
            // A strategy of one's own may ignore the lengths.
            try validate()
            do {
                return try chunkers.chunker(strategy, length: length, counter: counter, embedder: embedder)
            } catch let error as ChunkingError {
                throw CorpusError(.input, "\(error)", underlyingError: error)
            }
        }

        /// These settings, limited to a model that reads at most `tokens`.
        ///
        /// 16 tokens are left for the model's prefix and special tokens.
        public func fitting(modelOf tokens: Int) -> Chunking {
            var fitted = self
            fitted.maximum = max(16, min(maximum, tokens - 16))
            fitted.target = min(target, max(12, fitted.maximum * 4 / 5))
            fitted.overlap = min(overlap, fitted.target / 2)
            return fitted
        }
    }

    public var chunking: Chunking
    /// The embedding model; nil for an index without vectors.
    public var embedding: EmbeddingFingerprint?
    /// The address of your own embedding server; nil otherwise. It does not affect the vectors.
    public var embeddingAddress: String?
    /// A sample of the remote model's vectors, in the form of the program that made the index; nil if none was taken. It
    /// tells another model under the same name.
    public var embeddingProbe: String?
    /// The dimension that was requested from the model; nil for its default.
    public var requestedDimension: Int?
    /// How sources are read; nil for the defaults. A run can change it, and then reads the sources again.
    public var reading: ReadingOptions?
    /// Version of the analyzer that made the lexical terms.
    public var analyzerVersion: Int

    /// The embedding model in user notation: a local name, `provider/model`, or a server's address with `#model`.
    public var modelName: String? {
        guard let embedding else { return nil }
        if embedding.provider == "local" { return embedding.model }
        return embeddingAddress.map { "\($0)#\(embedding.model)" } ?? "\(embedding.provider)/\(embedding.model)"
    }

    /// The part of the settings that each generation of vectors has for itself.
    package var model: GenerationModel? {
        get {
            embedding.map {
                GenerationModel(
                    embedding: $0, embeddingAddress: embeddingAddress, embeddingProbe: embeddingProbe,
                    requestedDimension: requestedDimension)
            }
        }
        set {
            embedding = newValue?.embedding
            embeddingAddress = newValue?.embeddingAddress
            embeddingProbe = newValue?.embeddingProbe
            requestedDimension = newValue?.requestedDimension
        }
    }

    /// A number that no index has; nil if there is none. The settings of a file may be a stranger's.
    var fault: String? {
        let lengths = 0...1 << 32
        for (name, value) in [
            ("target", chunking.target), ("maximum", chunking.maximum), ("overlap", chunking.overlap),
            ("requestedDimension", requestedDimension ?? 0),
            // A model without a limit has the largest number.
            ("maximumTokens", min(embedding?.maximumTokens ?? 0, lengths.upperBound)),
        ] where !lengths.contains(value) {
            return "\(name) is \(value)"
        }
        guard let embedding, !(1...VectorTable.maximumDimension).contains(embedding.dimension) else { return nil }
        return "dimension is \(embedding.dimension)"
    }

    public init(
        chunking: Chunking = Chunking(), embedding: EmbeddingFingerprint?, embeddingAddress: String? = nil,
        embeddingProbe: String? = nil, requestedDimension: Int? = nil, reading: ReadingOptions? = nil
    ) {
        self.chunking = chunking
        self.embedding = embedding
        self.embeddingAddress = embeddingAddress
        self.embeddingProbe = embeddingProbe
        self.requestedDimension = requestedDimension
        self.reading = reading
        analyzerVersion = Analyzer.version
    }
}

extension ReaderRegistry {
    /// The registry whose versions name how an index cuts documents, so that files are read again when it cuts otherwise.
    func cutting(by chunking: IndexSettings.Chunking) -> ReaderRegistry {
        var readers = self
        readers.cutting = chunking.strategy.versionSuffix
        return readers
    }
}
