package import QuarryEvaluation

/// How well questions with known answers are answered: the JSON `quarry.eval-answers/1`.
package struct AnswerReport: Sendable, Encodable {
    package let schema = "quarry.eval-answers/1"
    /// Questions that say what their answers are, or that there is none.
    package var questions: Int
    /// Questions that say nothing of answers; they were not asked.
    package var skipped: Int
    package var answerable: Int
    /// Answerable questions for which a quoted sentence holds an accepted answer, refusals counted as misses.
    package var sentenceHitRate: Double
    /// The same among answerable questions that were answered.
    package var sentenceHitRateWhenAnswered: Double
    /// Answerable questions whose answer stands in a retrieved passage.
    package var passageHitRate: Double
    package var refusalPrecision: Double?
    package var refusalRecall: Double?
    /// Share of answerable questions that were refused.
    package var wrongRefusalRate: Double

    /// Answers the questions whose answers are known, and counts.
    ///
    /// - Parameter receive: Told what came of each question that was asked, in their order.
    package init(
        _ session: QuerySession, questions: [EvaluationQuery],
        then receive: (EvaluationQuery, Result<QueryReply, any Error>) throws -> Void
    ) async throws {
        let known = questions.filter { $0.answers != nil }
        var outcomes: [RefusalReport.Outcome] = []
        var (hits, passageHits) = (0, 0)
        try await known.ask {
            try await session.answer($0.text)
        } then: { question, result in
            if case .success(let reply) = result {
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
    }
}
