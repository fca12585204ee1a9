import Foundation
import Quarry
import QuarryEvaluation

/// Asks every question of a file, in order.
struct BatchQueries {
    var session: QuerySession
    var path: String
    var runPath: String?
    var limit: Int?
    var output: OutputOptions

    /// Prints one JSON object a question, or writes a run file of documents where one is named.
    ///
    /// A question that cannot be asked finds nothing: its object says why in `warnings`, and has no hits.
    /// - Throws: At the end, the exit code for inputs in quarantine where there were such questions.
    func run(retrieveOnly: Bool) async throws {
        let questions = try EvaluationInput.queries(at: path)
        let progress = CountLine(total: questions.count, unit: "questions", isQuiet: output.quiet)
        if let runPath {
            try await writeRun(of: questions, to: runPath, progress)
            return
        }
        var quarantine = QuestionQuarantine(path: path, output: output)
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            let reply: QueryReply
            do {
                reply =
                    retrieveOnly
                    ? try await session.retrieve(question.text, id: question.id, limit: limit ?? 10)
                    : try await session.answer(question.text, id: question.id)
            } catch {
                try quarantine.take(question, error)
                reply = QueryReply(
                    id: question.id, question: question.text, mode: session.retriever.options.mode, hits: [],
                    warnings: [Console.message(of: error)], timings: QueryReply.Timings())
            }
            try Console.print(JSONOutput.string(reply, pretty: false))
            progress.show(number + 1)
        }
        progress.clear()
        try quarantine.finish()
    }

    /// A document's score is that of its best passage.
    private func writeRun(of questions: [EvaluationQuery], to runPath: String, _ progress: CountLine) async throws {
        var run = Run(name: "quarry-\(session.retriever.options.mode.rawValue)")
        var quarantine = QuestionQuarantine(path: path, output: output)
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            do {
                let documents = try await session.retriever.documents(
                    for: Query(question.text, filter: session.filter), limit: limit ?? 100)
                for document in documents {
                    run.append(.init(document: document.id, score: document.score), for: question.id)
                }
            } catch {
                try quarantine.take(question, error)
            }
            progress.show(number + 1)
        }
        progress.clear()
        try Data(run.trec().utf8).write(to: URL(fileURLWithPath: runPath))
        output.note("\(runPath): \(Format.count(questions.count, "question"))")
        try quarantine.finish()
    }
}

/// How many of a known number are done, on a terminal.
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
        Console.note(
            "\r\u{1B}[K\(done) of \(total) \(unit)  \(Int(rate))/s  \(ProgressLine.duration(Double(total - done) / rate)) left",
            terminator: "")
    }

    func clear() {
        if isShown { Console.note("\r\u{1B}[K", terminator: "") }
    }
}
