import QuarryEvaluation

/// Reports the questions of a file that cannot be asked or answered. The others are still asked.
struct QuestionQuarantine {
    private let path: String
    private let output: OutputOptions
    private var ids: Set<String> = []
    private var hasBrokenLines = false
    /// The number of questions reported.
    var count: Int { ids.count }

    init(path: String, output: OutputOptions) {
        self.path = path
        self.output = output
    }

    /// Reports a line that is not a question.
    mutating func take(_ line: EvaluationFileError) {
        hasBrokenLines = true
        output.note("skipped: \(line)")
    }

    /// Names a question that cannot be asked or answered, once.
    mutating func take(_ question: EvaluationQuery, _ error: any Error) {
        guard ids.insert(question.id).inserted else { return }
        let place = question.line.map { "\(path):\($0)" } ?? path
        output.note("not answered: \(place): question \(question.id): \(Console.message(of: error))")
    }

    /// - Throws: The exit code for rejected inputs, if there are any.
    func finish() throws {
        if hasBrokenLines || !ids.isEmpty { throw Termination.quarantined }
    }
}
