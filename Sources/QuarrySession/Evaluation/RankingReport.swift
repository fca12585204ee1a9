package import Quarry
package import QuarryEvaluation

/// How well one mode ranks documents for judged questions.
package struct RankingEvaluation: Sendable {
    package static let metrics: [Metric] = [.ndcg(at: 10), .recall(at: 10), .recall(at: 100), .reciprocalRank(at: 10)]

    package var mode: RetrievalOptions.Mode
    package var reports: [MetricReport]
    /// Per question, without loading the embedding model.
    package var medianMilliseconds: Double

    /// - Parameters:
    ///   - questions: As ``QuarryEvaluation/Judgements/judged(_:)`` returns them.
    ///   - receive: Called with the result of each question, in order. A question that fails has an empty ranking.
    /// - Throws: ``CorpusError`` for a mode that the session does not support, and the errors of ``ask(_:then:)``.
    package init(
        _ session: QuerySession, mode: RetrievalOptions.Mode, questions: [EvaluationQuery], judgements: Judgements,
        then receive: (EvaluationQuery, (any Error)?) throws -> Void
    ) async throws {
        self.mode = mode
        let retriever = try session.retriever(mode: mode)
        var run = Run(name: mode.rawValue)
        var times: [Double] = []
        try await questions.ask { question in
            let start = ContinuousClock.now
            let documents = try await retriever.documents(for: session.query(question.text), limit: 100)
            times.append(start.milliseconds)
            return documents
        } then: { question, result in
            switch result {
            case .success(let documents):
                for document in documents {
                    let id = judgements.document(of: document.id, for: question.id)
                    run.append(.init(document: id, score: document.score), for: question.id)
                }
                try receive(question, nil)
            case .failure(let error): try receive(question, error)
            }
        }
        let asked = Set(questions.map(\.id))
        let judged = Judgements(judgements.grades.filter { asked.contains($0.key) })
        reports = Self.metrics.map { run.evaluate($0, against: judged) }
        times.sort()
        medianMilliseconds = times.isEmpty ? 0 : times[times.count / 2]
    }
}

extension Judgements {
    /// The questions that have judgements, each with the id that the judgements have for it.
    package func judged(_ questions: [EvaluationQuery]) -> [EvaluationQuery] {
        questions.compactMap { question in
            query(of: question.id).map { id in
                var question = question
                question.id = id
                return question
            }
        }
    }
}

/// Modes measured on the same questions: the JSON `quarry.eval/1`.
package struct RankingReport: Sendable, Encodable {
    package struct Figure: Sendable, Encodable {
        package var mean: Double
        package var lower: Double
        package var upper: Double
    }

    package struct Comparison: Sendable, Encodable {
        package var modes: [String]
        package var metric: String
        package var difference: Double
        package var pValue: Double
    }

    package let schema = "quarry.eval/1"
    package var index: String
    package var questions: Int
    /// By mode and metric.
    package var modes: [String: [String: Figure]]
    package var medianMilliseconds: [String: Double]
    /// The last mode with each of the others.
    package var comparisons: [Comparison]

    /// - Parameter results: One for each mode.
    package init(index: String, questions: Int, results: [RankingEvaluation]) {
        self.index = index
        self.questions = questions
        modes = Dictionary(
            uniqueKeysWithValues: results.map { result in
                let figures = result.reports.map {
                    ($0.name, Figure(mean: $0.mean, lower: $0.lower, upper: $0.upper))
                }
                return (result.mode.rawValue, Dictionary(uniqueKeysWithValues: figures))
            })
        medianMilliseconds = Dictionary(uniqueKeysWithValues: results.map { ($0.mode.rawValue, $0.medianMilliseconds) })
        comparisons = results.dropLast().compactMap { other in
            guard let last = results.last, let first = last.reports.first, let second = other.reports.first else {
                return nil
            }
            let comparison = PairedComparison(first, second)
            return Comparison(
                modes: [last.mode.rawValue, other.mode.rawValue], metric: first.name,
                difference: comparison.difference, pValue: comparison.pValue)
        }
    }
}
