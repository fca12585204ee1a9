import Quarry
import QuarryEvaluation

/// Shows measurements as a table or as JSON.
struct EvaluationPrinter {
    var index: String
    var questions: Int
    var results: [ModeResult]

    private struct Reply: Encodable {
        struct Figure: Encodable {
            var mean: Double
            var lower: Double
            var upper: Double
        }

        struct Comparison: Encodable {
            var modes: [String]
            var metric: String
            var difference: Double
            var pValue: Double
        }

        var schema = "quarry.eval/1"
        var index: String
        var questions: Int
        var modes: [String: [String: Figure]]
        var medianMilliseconds: [String: Double]
        var comparisons: [Comparison]
    }

    private var comparisons: [Reply.Comparison] {
        guard let last = results.last else { return [] }
        return results.dropLast().compactMap { other in
            guard let first = last.reports.first, let second = other.reports.first else { return nil }
            let comparison = PairedComparison(first, second)
            return .init(
                modes: [last.mode.rawValue, other.mode.rawValue], metric: first.name, difference: comparison.difference,
                pValue: comparison.pValue)
        }
    }

    func print(_ output: OutputOptions) throws {
        if output.json {
            let reply = Reply(
                index: index, questions: questions,
                modes: Dictionary(
                    uniqueKeysWithValues: results.map { result in
                        let figures = result.reports.map {
                            ($0.name, Reply.Figure(mean: $0.mean, lower: $0.lower, upper: $0.upper))
                        }
                        return (result.mode.rawValue, Dictionary(uniqueKeysWithValues: figures))
                    }),
                medianMilliseconds: Dictionary(
                    uniqueKeysWithValues: results.map { ($0.mode.rawValue, $0.medianMilliseconds) }),
                comparisons: comparisons)
            try Console.print(JSONOutput.string(reply, pretty: true))
            return
        }
        try Console.print("\(Format.count(questions, "question")), mean and 95 % interval")
        for result in results {
            let figures = result.reports.map { report in
                "\(report.name) \(Self.figure(report.mean)) [\(Self.figure(report.lower)), \(Self.figure(report.upper))]"
            }
            try Console.print(
                "\(result.mode.rawValue): \(figures.joined(separator: "  "))  median \(Format.decimal(result.medianMilliseconds, digits: 1)) ms"
            )
        }
        for comparison in comparisons {
            try Console.print(
                "\(comparison.modes[0]) − \(comparison.modes[1]): \(comparison.metric) \(Format.decimal(comparison.difference, digits: 4)), p = \(Self.figure(comparison.pValue))"
            )
        }
    }

    private static func figure(_ value: Double) -> String { Format.decimal(value, digits: 4) }
}
