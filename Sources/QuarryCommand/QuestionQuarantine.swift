import Quarry
import QuarryEvaluation
import QuarryProviders

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

    /// Reports a question that cannot be asked or answered, once.
    ///
    /// - Throws: `error` if the question is not its cause: the index is damaged, a key is missing, a server cannot be
    ///   reached, a budget is used up, or the run is interrupted.
    mutating func take(_ question: EvaluationQuery, _ error: any Error) throws {
        guard Self.isAboutTheQuestion(error) else { throw error }
        guard ids.insert(question.id).inserted else { return }
        let place = question.line.map { "\(path):\($0)" } ?? path
        output.note("not answered: \(place): question \(question.id): \(Console.message(of: error))")
    }

    /// - Throws: The exit code for rejected inputs, if there are any.
    func finish() throws {
        if hasBrokenLines || !ids.isEmpty { throw Termination.quarantined }
    }

    private static func isAboutTheQuestion(_ error: any Error) -> Bool {
        switch error {
        case let error as CorpusError: error.code == .input
        case is QuestionError, is PromptError: true
        case let error as ProviderError: error.concernsOneInput
        default: false
        }
    }
}
