public import QuarryChunking
public import QuarryCore
import QuarryText

/// How the contents of an index were made. Written once, when the index is; everything later must agree with it.
public struct IndexSettings: Sendable, Hashable, Codable {
    /// How documents are cut.
    public struct Chunking: Sendable, Hashable, Codable {
        public var strategy: ChunkingStrategy
        /// Tokens a chunk aims at. The default is 300.
        public var target: Int
        /// Tokens a chunk never exceeds. The default is 400.
        public var maximum: Int
        /// Tokens repeated from one chunk to the next. The default is 0.
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

        /// Rejects lengths that make no sense together, before an index is made with them.
        /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/input``.
        public func validate() throws {
            do {
                _ = try RecursiveChunker(length: length, counter: WordCounter())
            } catch {
                throw CorpusError(.input, "\(error)", underlyingError: error)
            }
        }

        /// These settings, made to fit a model that reads at most `tokens`.
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
    /// nil for an index with a lexical leg only.
    public var embedding: EmbeddingFingerprint?
    /// Where the embedding model was reached, for a server of one's own; nil otherwise. Not part of how vectors are made.
    public var embeddingAddress: String?
    /// The length of vectors that the model was asked for; nil where it made them as it does by itself.
    public var requestedDimension: Int?
    /// Version of the analyzer that made the lexical terms.
    public var analyzerVersion: Int

    /// The embedding model as people write it: a local name, `provider/model`, or the server's address with `#model`.
    public var modelName: String? {
        guard let embedding else { return nil }
        if embedding.provider == "local" { return embedding.model }
        return embeddingAddress.map { "\($0)#\(embedding.model)" } ?? "\(embedding.provider)/\(embedding.model)"
    }

    public init(
        chunking: Chunking = Chunking(), embedding: EmbeddingFingerprint?, embeddingAddress: String? = nil,
        requestedDimension: Int? = nil
    ) {
        self.chunking = chunking
        self.embedding = embedding
        self.embeddingAddress = embeddingAddress
        self.requestedDimension = requestedDimension
        analyzerVersion = Analyzer.version
    }
}
