public import QuarryBM25
public import QuarryCore
public import QuarryRetrieval

extension CorpusIndex {
    /// A retriever over this corpus.
    ///
    /// - `embedder`: The model the index was built with; may be nil for ``RetrievalOptions/Mode/bm25``.
    /// - `legs`: Legs besides the corpus's legs. A leg replaces the corpus's leg of the same name.
    /// - `rerankers`: Applied one after the other.
    /// - Throws: ``CorpusError`` if the embedder is missing or did not make the vectors.
    public func retriever(
        embedder: (any Embedder)?, legs: [any Leg] = [], rerankers: [RerankingStage] = [],
        bm25: BM25Parameters = BM25Parameters(), options: RetrievalOptions = RetrievalOptions()
    ) throws -> HybridRetriever {
        if options.mode != .bm25 {
            if let expected = settings.embedding {
                guard let embedder else {
                    throw CorpusError(
                        .otherModel,
                        "The mode \(options.mode.rawValue) needs the index's embedding model, \(expected.model).")
                }
                try check(embedder)
                guard generation != nil else {
                    throw CorpusError(
                        .noVectors, "\(path) has no vectors of \(settings.modelName ?? expected.model) yet.", path: path
                    )
                }
            } else if options.mode == .vector ? !legs.contains(where: { $0.name == .vector }) : legs.isEmpty {
                throw CorpusError(
                    .noVectors,
                    "\(path) has no vectors: it was built without an embedding model. The mode \(options.mode.rawValue) needs vectors.",
                    path: path)
            }
        }
        return HybridRetriever(
            TunedCorpus(index: self, bm25: bm25), embedder: embedder,
            legs: legs, rerankers: rerankers, options: options)
    }
}
