import Quarry
import QuarrySession
import QuarryEvaluation

/// Measures answers to questions whose answers are known.
struct AnswerEvaluation {
    var session: QuerySession
    /// The file of the questions.
    var path: String
    var questions: [EvaluationQuery]
    var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.eval-answers/1"
        /// Questions with a list of answers, which is empty if there is no answer.
        var questions: Int
        /// Questions without a list of answers. They were not asked.
        var skipped: Int
        var answerable: Int
        /// Share of answerable questions with an accepted answer in a quoted sentence. A refusal is a miss.
        var sentenceHitRate: Double
        /// The same among answerable questions that were answered.
        var sentenceHitRateWhenAnswered: Double
        /// Share of answerable questions with an accepted answer in a retrieved passage.
        var passageHitRate: Double
        var refusalPrecision: Double?
        var refusalRecall: Double?
        /// Share of answerable questions that were refused.
        var wrongRefusalRate: Double
    }

    /// - Throws: At the end, the exit code for rejected inputs if a question could not be asked.
    func run() async throws {
        let known = questions.compactMap { question in question.answers.map { (question, $0) } }
        guard !known.isEmpty else {
            throw CorpusError(
                .input,
                "No question in \(path) (\(questions.count) read) has “answers”. Give each question a list “answers”; leave it empty if the documents have no answer."
            )
        }
        let progress = CountLine(total: known.count, unit: "questions", isQuiet: output.quiet)
        var quarantine = QuestionQuarantine(path: path, output: output)
        var outcomes: [RefusalReport.Outcome] = []
        var (hits, passageHits, answerable) = (0, 0, 0)
        for (number, (question, accepted)) in known.enumerated() {
            try Task.checkCancellation()
            progress.show(number)
            if !accepted.isEmpty { answerable += 1 }
            let reply: QueryReply
            do {
                reply = try await session.answer(question.text)
            } catch {
                try quarantine.take(question, error)
                continue
            }
            let isRefused = reply.refused == true
            outcomes.append(.init(refused: isRefused, answerable: !accepted.isEmpty))
            if !accepted.isEmpty {
                if sentenceHit(reply.hits.map(\.text), accepted: accepted) { passageHits += 1 }
                if !isRefused, sentenceHit((reply.citations ?? []).map(\.quote), accepted: accepted) { hits += 1 }
            }
        }
        progress.clear()
        try print(
            RefusalReport(outcomes), asked: known.count, hits: hits, passageHits: passageHits, answerable: answerable)
        try quarantine.finish()
    }

    private func print(_ refusals: RefusalReport, asked: Int, hits: Int, passageHits: Int, answerable: Int) throws {
        func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
        let reply = Reply(
            questions: asked, skipped: questions.count - asked, answerable: answerable,
            sentenceHitRate: share(hits, answerable),
            sentenceHitRateWhenAnswered: share(hits, refusals.answers), passageHitRate: share(passageHits, answerable),
            refusalPrecision: refusals.precision, refusalRecall: refusals.recall,
            wrongRefusalRate: share(refusals.wrongRefusals, answerable))
        if output.json {
            try Console.print(JSONOutput.string(reply, pretty: true))
            return
        }
        func figure(_ value: Double?) -> String { value.map { Format.decimal($0, digits: 4) } ?? "–" }
        try Console.print("\(Format.count(asked, "question")), \(answerable) with an answer")
        if reply.skipped > 0 {
            try Console.print("skipped: \(Format.count(reply.skipped, "question")) without “answers”")
        }
        try Console.print(
            "sentence hit rate: \(figure(reply.sentenceHitRate)) of answerable questions, \(figure(reply.sentenceHitRateWhenAnswered)) of answered ones"
        )
        try Console.print("passage hit rate: \(figure(reply.passageHitRate))")
        try Console.print(
            "refusals: precision \(figure(reply.refusalPrecision)), recall \(figure(reply.refusalRecall)); \(figure(reply.wrongRefusalRate)) of answerable questions refused"
        )
    }
}
