import Quarry
import QuarryEvaluation
import QuarrySession

/// Asks every question of a file, or of standard input, in order.
///
/// The initializer opens all files, so that a bad path is reported before a model is loaded.
struct BatchQueries {
    private let path: String
    /// The questions of the file, and the errors of its lines that are skipped; nil for standard input.
    private let file: (queries: [EvaluationQuery], broken: [EvaluationFileError])?
    private let runFile: RunFile?

    /// - Parameters:
    ///   - path: A file; `-` for standard input, whose questions are asked as they come.
    ///   - runPath: The file for a TREC run, which replaces the JSON objects; nil for JSON objects.
    init(path: String, runPath: String?) throws {
        self.path = path
        file = path == "-" ? nil : try EvaluationInput.batch(at: path)
        runFile = try runPath.map { try RunFile(path: $0) }
    }

    /// Prints one JSON object per question, or writes a TREC run.
    ///
    /// If a question cannot be answered, its object has no hits and gives the reason in `error`. A line that is not a
    /// question gets no object.
    /// - Throws: At the end, the exit code for rejected inputs if there were such lines or questions.
    func run(session: QuerySession, limit: Int?, retrieveOnly: Bool, output: OutputOptions) async throws {
        let quarantine = QuestionQuarantine(path: path == "-" ? "standard input" : path)
        for line in file?.broken ?? [] { quarantine.take(line) }
        var progress = CountLine(total: file?.queries.count, unit: "questions", isQuiet: output.quiet)
        let questions = file.map { AnySequence($0.queries) } ?? AnySequence(QuestionStream(onBroken: quarantine.take))
        if let runFile {
            let run = try await session.run(of: questions, limit: limit ?? 100) { question, error in
                if let error {
                    progress.clear()
                    quarantine.take(question, error)
                }
                progress.advance()
            }
            progress.clear()
            try runFile.write(run.trec())
            output.note("\(runFile.name): \(Format.count(progress.done - quarantine.count, "question"))")
            try quarantine.finish()
            return
        }
        try await questions.ask { question in
            retrieveOnly
                ? try await session.retrieve(question.text, id: question.id, limit: limit ?? 10)
                : try await session.answer(question.text, id: question.id)
        } then: { question, result in
            let reply: QueryReply
            switch result {
            case .success(let found):
                output.noteSimilarQuestion(of: found)
                reply = found
            case .failure(let error):
                progress.clear()
                quarantine.take(question, error)
                reply = QueryReply(
                    id: question.id, question: question.text, mode: session.retriever.options.mode,
                    error: Console.message(of: error))
            }
            try Console.print(JSONOutput.string(reply, pretty: false))
            progress.advance()
        }
        progress.clear()
        try quarantine.finish()
    }
}

/// A progress line on a terminal: how many are done, of a total if it is known.
struct CountLine {
    private let total: Int?
    private let unit: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private(set) var done = 0

    init(total: Int?, unit: String, isQuiet: Bool) {
        self.total = total
        self.unit = unit
        isShown = !isQuiet && Console.standardErrorIsTerminal
    }

    mutating func advance() {
        done += 1
        guard isShown else { return }
        let rate = Double(done) / max((ContinuousClock.now - start) / .seconds(1), 0.001)
        let rest = total.map { "  \(ProgressLine.duration(Double($0 - done) / rate)) left" } ?? ""
        Console.status("\(done)\(total.map { " of \($0)" } ?? "") \(unit)  \(Int(rate))/s\(rest)")
    }

    func clear() {
        if isShown { Console.status("") }
    }
}
