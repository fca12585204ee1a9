import QuarryEvaluation

/// The questions of a file that cannot be asked or answered: each is named, and the others go on.
struct QuestionQuarantine {
    private let path: String
    private let output: OutputOptions
    private var ids: Set<String> = []
    private var hasBrokenLines = false
    /// Questions that were named.
    var count: Int { ids.count }

    init(path: String, output: OutputOptions) {
        self.path = path
        self.output = output
    }

    /// Names a line that is no question.
    mutating func take(_ line: EvaluationFileError) {
        hasBrokenLines = true
        output.note("quarantined: \(line)")
    }

    /// Names a question that cannot be asked or answered, once.
    mutating func take(_ question: EvaluationQuery, _ error: any Error) {
        guard ids.insert(question.id).inserted else { return }
        let place = question.line.map { "\(path):\($0)" } ?? path
        output.note("quarantined: \(place): question \(question.id): \(Console.message(of: error))")
    }

    /// - Throws: The exit code that says that some inputs are in quarantine, if any are.
    func finish() throws {
        if hasBrokenLines || !ids.isEmpty { throw Termination.quarantined }
    }
}
