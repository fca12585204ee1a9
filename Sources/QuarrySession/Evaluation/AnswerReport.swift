package import QuarryEvaluation

/// The quality of answers to questions with known answers: the JSON `quarry.eval-answers/1`.
package struct AnswerReport: Sendable, Encodable {
    package let schema = "quarry.eval-answers/1"
    /// Questions with known answers, or known to have none.
    package var questions: Int
    /// Questions without known answers. They were not asked.
    package var skipped: Int
    package var answerable: Int
    /// Answerable questions with an accepted answer in a quoted sentence, refusals counted as misses.
    package var sentenceHitRate: Double
    /// The same among answerable questions that were answered.
    package var sentenceHitRateWhenAnswered: Double
    /// The share of answerable questions with an accepted answer in a retrieved passage.
    package var passageHitRate: Double
    package var refusalPrecision: Double?
    package var refusalRecall: Double?
    /// Share of answerable questions that were refused.
    package var wrongRefusalRate: Double
    /// Citations of the answers that a model wrote, as they are shown; nil if a model wrote none.
    package var citations: CitationReport?

    /// Citation recall and precision as ALCE defines them, means over the answers. The judge is the check of answers of this
    /// program, which has also repaired the markers, so that they measure what is shown rather than what the model cited.
    package struct CitationReport: Sendable, Encodable {
        package let judge = "support check"
        package var answers: Int
        package var recall: Double
        /// Over the answers that cite; nil if none does.
        package var precision: Double?

        init?(_ scores: [CitationScores]) {
            let recalls = scores.compactMap(\.recall)
            let precisions = scores.compactMap(\.precision)
            guard !recalls.isEmpty else { return nil }
            answers = recalls.count
            recall = recalls.reduce(0, +) / Double(recalls.count)
            precision = precisions.isEmpty ? nil : precisions.reduce(0, +) / Double(precisions.count)
        }
    }

    /// Asks the questions with known answers and counts the results.
    ///
    /// - Parameter receive: Called with the result of each question that was asked, in order.
    package init(
        _ session: QuerySession, questions: [EvaluationQuery],
        then receive: (EvaluationQuery, Result<QueryReply, any Error>) throws -> Void
    ) async throws {
        let known = questions.filter { $0.answers != nil }
        var outcomes: [RefusalReport.Outcome] = []
        var (hits, passageHits) = (0, 0)
        var citations: [CitationScores] = []
        try await known.ask {
            try await session.answer($0.text)
        } then: { question, result in
            if case .success(let reply) = result {
                if let scores = CitationScores(of: reply) { citations.append(scores) }
                let accepted = question.answers ?? []
                let isRefused = reply.refused == true
                outcomes.append(.init(refused: isRefused, answerable: !accepted.isEmpty))
                if sentenceHit(reply.hits.map(\.text), accepted: accepted) { passageHits += 1 }
                if !isRefused, sentenceHit((reply.citations ?? []).map(\.quote), accepted: accepted) { hits += 1 }
            }
            try receive(question, result)
        }
        let refusals = RefusalReport(outcomes)
        func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
        self.questions = known.count
        skipped = questions.count - known.count
        answerable = known.count { $0.answers?.isEmpty == false }
        sentenceHitRate = share(hits, of: answerable)
        sentenceHitRateWhenAnswered = share(hits, of: refusals.answers)
        passageHitRate = share(passageHits, of: answerable)
        refusalPrecision = refusals.precision
        refusalRecall = refusals.recall
        wrongRefusalRate = share(refusals.wrongRefusals, of: answerable)
        self.citations = CitationReport(citations)
    }
}
