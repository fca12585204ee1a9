import Foundation
import Quarry
import QuarrySession
import QuarryEvaluation

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
        let progress = CountLine(total: questions.count, unit: "questions", isQuiet: output.quiet)
        if let runFile {
            let run = try await run(session: session, limit: limit ?? 100, progress, &quarantine)
            progress.clear()
            try runFile.write(run.trec())
            output.note("\(runFile.name): \(Format.count(questions.count - quarantine.count, "question"))")
        } else {
            try await printReplies(
                session: session, limit: limit ?? 10, retrieveOnly: retrieveOnly, progress, &quarantine)
            progress.clear()
        }
        try quarantine.finish()
    }

    private func printReplies(
        session: QuerySession, limit: Int, retrieveOnly: Bool, _ progress: CountLine,
        _ quarantine: inout QuestionQuarantine
    ) async throws {
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            let reply: QueryReply
            do {
                reply =
                    retrieveOnly
                    ? try await session.retrieve(question.text, id: question.id, limit: limit)
                    : try await session.answer(question.text, id: question.id)
            } catch {
                progress.clear()
                try quarantine.take(question, error)
                reply = QueryReply(
                    id: question.id, question: question.text, mode: session.retriever.options.mode, failure: error)
            }
            try Console.print(JSONOutput.string(reply, pretty: false))
            progress.show(number + 1)
        }
    }

    /// A document has the score of its best passage.
    private func run(
        session: QuerySession, limit: Int, _ progress: CountLine, _ quarantine: inout QuestionQuarantine
    ) async throws -> Run {
        var run = Run(name: "quarry-\(session.retriever.options.mode.rawValue)")
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            do {
                let documents = try await session.retriever.documents(
                    for: Query(question.text, filter: session.filter), limit: limit)
                for document in documents {
                    run.append(.init(document: document.id, score: document.score), for: question.id)
                }
            } catch {
                progress.clear()
                try quarantine.take(question, error)
            }
            progress.show(number + 1)
        }
        return run
    }
}

extension QueryReply {
    /// The reply to a question that could not be asked or answered.
    fileprivate init(id: String, question: String, mode: RetrievalOptions.Mode, failure: any Error) {
        let reason = Console.message(of: failure)
        self.init(id: id, question: question, mode: mode, retrieval: Retrieval(warnings: [reason]), timings: Timings())
        error = reason
    }
}

/// A progress line on a terminal: how many of a known total are done.
struct CountLine {
    private let total: Int
    private let unit: String
    private let isShown: Bool
    private let start = ContinuousClock.now

    init(total: Int, unit: String, isQuiet: Bool) {
        self.total = total
        self.unit = unit
        isShown = !isQuiet && Console.standardErrorIsTerminal
    }

    func show(_ done: Int) {
        guard isShown, done > 0 else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(done) / max(elapsed, 0.001)
        Console.status(
            "\(done) of \(total) \(unit)  \(Int(rate))/s  \(ProgressLine.duration(Double(total - done) / rate)) left")
    }

    func clear() {
        if isShown { Console.status("") }
    }
}
