package import Quarry

extension QuerySession {
    /// A summary of documents, written by the language model of the session if it has one.
    ///
    /// - Throws: ``CorpusError`` for too many passages, and the errors of the models.
    package func summary(of documents: [DocumentSummary], sentences: Int) async throws -> SummaryReply {
        let start = ContinuousClock.now
        let passages = try await index.passages(of: documents)
        let summarizer = Summarizer(embedder: comparingEmbedder)
        let summary =
            switch generator {
            case .extractive: try await summarizer.summarize(passages, sentences: sentences)
            case .model(let model, let assembler):
                try await summarizer.summarize(
                    passages, sentences: sentences, by: model, assembler: assembler,
                    maximumTokens: options.answerTokens)
            }
        var reply = SummaryReply(summary, of: documents, milliseconds: start.milliseconds)
        let changes = try await index.changes(ofSources: Set(reply.citations.map(\.location.source)))
        for place in reply.citations.indices {
            reply.citations[place].location.change = changes[reply.citations[place].location.source]
        }
        if !ledger.spending.entries.isEmpty { reply.spending = ledger.spending }
        return reply
    }
}
