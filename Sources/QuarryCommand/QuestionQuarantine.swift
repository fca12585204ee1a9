import Quarry
import QuarryEvaluation
import QuarryProviders

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
    ///
    /// - Throws: `error`, where it says nothing of the question: the index is damaged, a key is missing, a server cannot
    ///   be reached, a budget is used up, the run is interrupted.
    mutating func take(_ question: EvaluationQuery, _ error: any Error) throws {
        guard Self.isAboutTheQuestion(error) else { throw error }
        guard ids.insert(question.id).inserted else { return }
        let place = question.line.map { "\(path):\($0)" } ?? path
        output.note("quarantined: \(place): question \(question.id): \(Console.message(of: error))")
    }

    /// - Throws: The exit code that says that some inputs are in quarantine, if any are.
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
