package import Quarry
package import QuarryEvaluation

extension Sequence<EvaluationQuery> {
    /// Asks the questions in order. A question that cannot be asked or answered does not stop the others.
    ///
    /// - Parameters:
    ///   - ask: Asks one question.
    ///   - receive: Called with the result of each question, in order.
    /// - Throws: The errors of `receive`, and the errors of `ask` that concern every question: the index is damaged, a key
    ///   is missing, a server cannot be reached, a budget is used up, the run is interrupted.
    package func ask<Value>(
        _ ask: (EvaluationQuery) async throws -> Value,
        then receive: (EvaluationQuery, Result<Value, any Error>) throws -> Void
    ) async throws {
        for question in self {
            let result: Result<Value, any Error>
            do {
                result = .success(try await ask(question))
            } catch  where error.concernsOneQuestion {
                result = .failure(error)
            }
            try receive(question, result)
            try Task.checkCancellation()
        }
        try Task.checkCancellation()
    }
}

extension Error {
    fileprivate var concernsOneQuestion: Bool {
        switch self {
        case let error as CorpusError: error.code == .input
        case is QuestionError, is PromptError: true
        case let error as ProviderError: error.concernsOneInput
        default: false
        }
    }
}

extension QuerySession {
    /// The documents found for each question, for a TREC run. A document has the score of its best passage.
    ///
    /// - Parameter receive: Called with the result of each question, in order.
    package func run(
        of questions: some Sequence<EvaluationQuery>, limit: Int,
        then receive: (EvaluationQuery, (any Error)?) throws -> Void
    ) async throws -> Run {
        var run = Run(name: "quarry-\(retriever.options.mode.rawValue)")
        try await questions.ask { question in
            try await retriever.documents(for: query(question.text), limit: limit)
        } then: { question, result in
            switch result {
            case .success(let documents):
                for document in documents {
                    run.append(.init(document: document.id, score: document.score), for: question.id)
                }
                try receive(question, nil)
            case .failure(let error): try receive(question, error)
            }
        }
        return run
    }
}

extension QueryReply {
    /// The reply to a question that could not be asked or answered.
    package init(id: String?, question: String, mode: RetrievalOptions.Mode, error reason: String) {
        self.init(id: id, question: question, mode: mode, retrieval: Retrieval(warnings: [reason]), timings: Timings())
        error = reason
    }
}
