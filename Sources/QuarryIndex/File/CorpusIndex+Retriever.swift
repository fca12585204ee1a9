public import QuarryBM25
public import QuarryCore
import QuarryTransformers
public import QuarryRetrieval

extension CorpusIndex {
    /// A retriever over this corpus.
    ///
    /// - `embedder`: The model the index was built with; may be nil for ``RetrievalOptions/Mode/bm25``.
    /// - `legs`: Legs besides those of the corpus. One takes the place of the corpus's leg of the same name.
    /// - `rerankers`: Applied one after the other.
    /// - Throws: ``CorpusError`` when the embedder is missing, or is not the one that made the vectors.
    public func retriever(
        embedder: (any Embedder)?, legs: [any Leg] = [], rerankers: [RerankingStage] = [],
        bm25: BM25Parameters = BM25Parameters(), options: RetrievalOptions = RetrievalOptions()
    ) throws -> HybridRetriever {
        if options.mode != .bm25 {
            guard let expected = settings.embedding else {
                throw CorpusError(
                    .noVectors,
                    "\(path) has no vectors: it was made without an embedding model, and a search by \(options.mode.rawValue) needs some."
                )
            }
            guard let embedder else {
                throw CorpusError(
                    .otherModel, "A search by \(options.mode.rawValue) needs the model \(expected.model) of the index.")
            }
            try check(embedder)
        }
        return HybridRetriever(
            TunedCorpus(index: self, bm25: bm25), embedder: embedder,
            embedderLanguages: settings.embedding.flatMap { LocalModelCatalog.model(named: $0.model) }?.languages,
            legs: legs, rerankers: rerankers, options: options)
    }
}
