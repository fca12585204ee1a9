public import QuarryCore
import QuarryIndex
public import QuarryRetrievalQA

extension Corpus {
    /// The answer to the next question of a conversation, which becomes a turn of it.
    ///
    /// The question is first made understandable alone, by the language model of the configuration or by rules:
    /// `Conversation.standalone(_:)`. `Answer.question` has the result.
    ///
    /// - Throws: The errors of ``answer(_:filter:)``. The conversation is then unchanged.
    public func answer(
        _ question: String, in conversation: inout Conversation, filter: Filter? = nil
    ) async throws -> Answer {
        let standalone =
            if let model = configuration.languageModel {
                try await conversation.standalone(question, by: model)
            } else {
                conversation.standalone(question)
            }
        let answer = try await answer(standalone.text, filter: filter)
        conversation.append(
            Conversation.Turn(
                question: question, standalone: standalone.isRewritten ? standalone.text : nil,
                answer: answer.isRefused ? nil : answer.text))
        return answer
    }

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
