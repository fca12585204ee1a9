import QuarryIndex
public import QuarryRetrievalQA

extension Corpus {
    /// A summary of documents: their most important sentences, or what the language model of the configuration writes. Each
    /// sentence is cited.
    ///
    /// - `ids`: Ids of documents, as in ``documents(matching:)``. Unknown ones are ignored. Nil means all documents.
    /// - `sentences`: The number of sentences, at least 1. The default is 5.
    /// - Throws: `CorpusError` for more than 20,000 passages, and the errors of the models.
    public func summarize(_ ids: [String]? = nil, sentences: Int = 5) async throws -> Summary {
        let wanted = ids.map(Set.init)
        let documents = try await file.documents().filter { wanted?.contains($0.id) ?? true }
        let passages = try await file.passages(of: documents)
        let summarizer = Summarizer(embedder: comparingEmbedder)
        guard let model = configuration.languageModel else {
            return try await summarizer.summarize(passages, sentences: sentences)
        }
        return try await summarizer.summarize(passages, sentences: sentences, by: model)
    }
}
