import Quarry
import QuarryEvaluation

/// Answers questions whose answers are known, and counts.
struct AnswerEvaluation {
    var session: QuerySession
    var questions: [EvaluationQuery]
    var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.eval-answers/1"
        var questions: Int
        var answerable: Int
        /// Answerable questions for which a quoted sentence holds an accepted answer, refusals counted as misses.
        var sentenceHitRate: Double
        /// The same among answerable questions that were answered.
        var sentenceHitRateWhenAnswered: Double
        /// Answerable questions whose answer stands in a retrieved passage.
        var passageHitRate: Double
        var refusalPrecision: Double?
        var refusalRecall: Double?
        /// Share of answerable questions that were refused.
        var wrongRefusalRate: Double
    }

    func run() async throws {
        let progress = CountLine(total: questions.count, unit: "questions", isQuiet: output.quiet)
        var outcomes: [RefusalReport.Outcome] = []
        var (hits, passageHits, answerable) = (0, 0, 0)
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            let reply = try await session.answer(question.text)
            let accepted = question.answers ?? []
            let isRefused = reply.refused == true
            outcomes.append(.init(refused: isRefused, answerable: !accepted.isEmpty))
            if !accepted.isEmpty {
                answerable += 1
                if sentenceHit(reply.hits.map(\.text), accepted: accepted) { passageHits += 1 }
                if !isRefused, sentenceHit((reply.citations ?? []).map(\.quote), accepted: accepted) { hits += 1 }
            }
            progress.show(number + 1)
        }
        progress.clear()
        try print(
            RefusalReport(outcomes), hits: hits, passageHits: passageHits, answerable: answerable)
    }

    private func print(_ refusals: RefusalReport, hits: Int, passageHits: Int, answerable: Int) throws {
        func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
        let reply = Reply(
            questions: questions.count, answerable: answerable, sentenceHitRate: share(hits, answerable),
            sentenceHitRateWhenAnswered: share(hits, refusals.answers), passageHitRate: share(passageHits, answerable),
            refusalPrecision: refusals.precision, refusalRecall: refusals.recall,
            wrongRefusalRate: share(refusals.wrongRefusals, answerable))
        if output.json {
            try Console.print(JSONOutput.string(reply, pretty: true))
            return
        }
        func figure(_ value: Double?) -> String { value.map { Format.decimal($0, digits: 4) } ?? "–" }
        try Console.print("\(Format.count(questions.count, "question")), \(answerable) with an answer")
        try Console.print(
            "sentence hit rate: \(figure(reply.sentenceHitRate)) of all answerable, \(figure(reply.sentenceHitRateWhenAnswered)) of those answered"
        )
        try Console.print("passage hit rate: \(figure(reply.passageHitRate))")
        try Console.print(
            "refusals: precision \(figure(reply.refusalPrecision)), recall \(figure(reply.refusalRecall)); \(figure(reply.wrongRefusalRate)) of the answerable refused"
        )
    }
}
