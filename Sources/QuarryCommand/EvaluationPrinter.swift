import Quarry
import QuarryEvaluation
import QuarrySession

/// Shows measurements as a table or as JSON.
enum EvaluationPrinter {
    /// - Parameter results: The results that the report summarises.
    static func print(_ report: RankingReport, _ results: [RankingEvaluation], _ output: OutputOptions) throws {
        if output.json {
            try Console.print(JSONOutput.string(report, pretty: true))
            return
        }
        try Console.print("\(Format.count(report.questions, "question")), mean and 95 % interval")
        for result in results {
            let figures = result.reports.map { report in
                "\(report.name) \(figure(report.mean)) [\(figure(report.lower)), \(figure(report.upper))]"
            }
            try Console.print(
                "\(result.mode.rawValue): \(figures.joined(separator: "  "))  median \(Format.decimal(result.medianMilliseconds, digits: 1)) ms"
            )
        }
        for comparison in report.comparisons {
            try Console.print(
                "\(comparison.modes[0]) − \(comparison.modes[1]): \(comparison.metric) \(figure(comparison.difference)), p = \(figure(comparison.pValue))"
            )
        }
    }

    static func print(_ report: AnswerReport, _ output: OutputOptions) throws {
        if output.json {
            try Console.print(JSONOutput.string(report, pretty: true))
            return
        }
        try Console.print("\(Format.count(report.questions, "question")), \(report.answerable) with an answer")
        if report.skipped > 0 {
            try Console.print("left out: \(Format.count(report.skipped, "question")) without “answers”")
        }
        try Console.print(
            "sentence hit rate: \(figure(report.sentenceHitRate)) of all answerable, \(figure(report.sentenceHitRateWhenAnswered)) of those answered"
        )
        try Console.print("passage hit rate: \(figure(report.passageHitRate))")
        try Console.print(
            "refusals: precision \(figure(report.refusalPrecision)), recall \(figure(report.refusalRecall)); \(figure(report.wrongRefusalRate)) of the answerable refused"
        )
        if let citations = report.citations {
            try Console.print(
                "citations (ALCE, judged by the check of answers): recall \(figure(citations.recall)), precision \(figure(citations.precision)) of \(Format.count(citations.answers, "answer"))"
            )
        }
    }

    private static func figure(_ value: Double?) -> String { value.map { Format.decimal($0, digits: 4) } ?? "–" }
}
