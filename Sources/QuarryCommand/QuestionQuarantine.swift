import QuarryEvaluation

/// Reports the questions of a file that cannot be asked or answered, in quiet runs too. The others are still asked.
final class QuestionQuarantine {
    private let path: String
    private var ids: Set<String> = []
    private var hasBrokenLines = false
    /// The number of questions reported.
    var count: Int { ids.count }

    init(path: String) { self.path = path }

    /// Reports a line that is not a question.
    func take(_ line: EvaluationFileError) {
        hasBrokenLines = true
        Console.note("skipped: \(line)")
    }

    /// Names a question that cannot be asked or answered, once.
    func take(_ question: EvaluationQuery, _ error: any Error) {
        guard ids.insert(question.id).inserted else { return }
        let place = question.line.map { "\(path):\($0)" } ?? path
        Console.note("not answered: \(place): question \(question.id): \(Console.message(of: error))")
    }

    /// - Throws: The exit code for rejected inputs, if there are any.
    func finish() throws {
        if hasBrokenLines || !ids.isEmpty { throw Termination.quarantined }
    }
}
