import Quarry
import QuarryEvaluation
import QuarrySession

/// Asks every question of a file, in order.
///
/// The initializer opens all files, so that a bad path is reported before a model is loaded.
struct BatchQueries {
    private let path: String
    private let questions: [EvaluationQuery]
    private let broken: [EvaluationFileError]
    private let runFile: RunFile?

    /// - Parameter runPath: The file for a TREC run, which replaces the JSON objects; nil for JSON objects.
    init(path: String, runPath: String?) throws {
        self.path = path
        (questions, broken) = try EvaluationInput.batch(at: path)
        runFile = try runPath.map { try RunFile(path: $0) }
    }

    /// Prints one JSON object per question, or writes a TREC run.
    ///
    /// If a question cannot be answered, its object has no hits and gives the reason in `error`. A line that is not a
    /// question gets no object.
    /// - Throws: At the end, the exit code for rejected inputs if there were such lines or questions.
    func run(session: QuerySession, limit: Int?, retrieveOnly: Bool, output: OutputOptions) async throws {
        var quarantine = QuestionQuarantine(path: path, output: output)
        for line in broken { quarantine.take(line) }
        var progress = CountLine(total: questions.count, unit: "questions", isQuiet: output.quiet)
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
            output.note("\(runFile.name): \(Format.count(questions.count - quarantine.count, "question"))")
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

/// A progress line on a terminal: how many of a known total are done.
struct CountLine {
    private let total: Int
    private let unit: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var done = 0

    init(total: Int, unit: String, isQuiet: Bool) {
        self.total = total
        self.unit = unit
        isShown = !isQuiet && Console.standardErrorIsTerminal
    }

    mutating func advance() {
        done += 1
        guard isShown else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(done) / max(elapsed, 0.001)
        Console.status(
            "\(done) of \(total) \(unit)  \(Int(rate))/s  \(ProgressLine.duration(Double(total - done) / rate)) left")
    }

    func clear() {
        if isShown { Console.status("") }
    }
}
