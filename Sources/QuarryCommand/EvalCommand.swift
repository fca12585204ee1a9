import ArgumentParser
import Quarry
import QuarryEvaluation
import QuarrySession

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure the quality of search, answers and chunking on your own questions.",
        discussion: """
              quarry eval --queries q.jsonl --qrels qrels.tsv
              quarry eval --queries q.jsonl --answers
              quarry eval chunking --queries spans.jsonl corpus.jsonl
              quarry eval verification judged.jsonl

            The options of the first two: quarry eval search --help
            """,
        subcommands: [EvalSearchCommand.self, EvalChunkingCommand.self, EvalVerificationCommand.self],
        defaultSubcommand: EvalSearchCommand.self)
}

struct EvalSearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Measure the quality of search and answers.",
        usage: "quarry eval --queries file (--qrels file | --answers) [options]",
        discussion: """
            Ranks documents for every judged question. Reports nDCG@10, recall@10, recall@100 and MRR@10, each with a \
            95 % confidence interval (bootstrap over questions). Compares modes with a paired randomisation test.

              quarry eval --queries q.jsonl --qrels qrels.tsv
              quarry eval --queries q.jsonl --qrels j.tsv --modes bm25
              # Do the quotes contain the expected "answers"?
              quarry eval --queries q.jsonl --answers
            """)

    @OptionGroup var asking: QuestionOptions
    private var output: OutputOptions { asking.output }

    @Option(
        help: ArgumentHelp("Questions as JSONL: {\"_id\", \"text\", \"answers\"}.", valueName: "file"),
        completion: .file())
    var queries: String

    @Option(
        help: ArgumentHelp("Judgements: question, document and grade, separated by tabs.", valueName: "file"),
        completion: .file())
    var qrels: String?

    @Option(
        help: ArgumentHelp(
            "Modes to compare, separated by commas. The default is every mode that the index supports.",
            valueName: "modes"))
    var modes: String?

    @Flag(
        help: ArgumentHelp(
            "Answer every question and compare with its expected answers.",
            discussion:
                "Questions with an empty list of answers must be refused. Questions without “answers” are skipped."
        ))
    var answers = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Use only this many questions, from the start of the file.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        guard answers || qrels != nil else {
            throw ValidationError("Give judgements with --qrels, or use --answers.")
        }
        guard !answers || qrels == nil else { throw ValidationError("Use either --qrels or --answers, not both.") }
        guard answers || asking.search.transform == nil else {
            throw ValidationError("--transform has no effect on --qrels. Use it with --answers.")
        }
        if let limit, limit < 1 { throw ValidationError("--limit \(limit) leaves no question to ask.") }
        _ = try parsedModes()
    }

    private func parsedModes() throws -> [RetrievalOptions.Mode]? {
        guard let names = modes?.split(separator: ",", omittingEmptySubsequences: false) else { return nil }
        var parsed: [RetrievalOptions.Mode] = []
        for name in names {
            guard let mode = RetrievalOptions.Mode(rawValue: String(name)) else {
                throw ValidationError("“\(name)” is not a mode. The modes are hybrid, vector and bm25.")
            }
            guard !parsed.contains(mode) else { throw ValidationError("--modes names \(name) twice.") }
            parsed.append(mode)
        }
        return parsed
    }

    func run() async throws {
        var questions = try EvaluationInput.queries(at: queries)
        if let limit { questions = Array(questions.prefix(limit)) }
        if answers {
            try await measureAnswers(to: questions)
            return
        }
        let judgements = try EvaluationInput.judgements(at: qrels ?? "")
        let read = questions.count
        questions = judgements.judged(questions)
        guard !questions.isEmpty else {
            throw CorpusError(
                .input,
                "No question in \(queries) (\(read) read) has a judgement in \(qrels ?? ""). Both files must use the same ids."
            )
        }
        let chosen = try parsedModes()
        var options = asking.options
        options.generates = false
        if let chosen { options.mode = chosen.first { $0 != .bm25 } ?? .bm25 }
        let session = try await asking.session(options)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        let usual: [RetrievalOptions.Mode] =
            session.index.settings.embedding == nil ? [.bm25] : [.bm25, .vector, .hybrid]
        var results: [RankingEvaluation] = []
        let quarantine = QuestionQuarantine(path: queries)
        for mode in chosen ?? usual {
            var progress = CountLine(
                total: questions.count, unit: "questions (\(mode.rawValue))", isQuiet: output.quiet)
            results.append(
                try await RankingEvaluation(session, mode: mode, questions: questions, judgements: judgements) {
                    question, error in
                    if let error { quarantine.take(question, error) }
                    progress.advance()
                })
            progress.clear()
        }
        let report = RankingReport(index: session.index.path, questions: questions.count, results: results)
        try EvaluationPrinter.print(report, results, output)
        try quarantine.finish()
    }

    private func measureAnswers(to questions: [EvaluationQuery]) async throws {
        let session = try await asking.session(asking.options)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        let known = questions.count { $0.answers != nil }
        guard known > 0 else {
            throw CorpusError(
                .input,
                "No question of \(queries) (\(questions.count) taken) has “answers”. Add them: a list of accepted answers, empty if the documents have none."
            )
        }
        var progress = CountLine(total: known, unit: "questions", isQuiet: output.quiet)
        let quarantine = QuestionQuarantine(path: queries)
        let report = try await AnswerReport(session, questions: questions) { question, result in
            switch result {
            case .success(let reply): output.noteSimilarQuestion(of: reply)
            case .failure(let error): quarantine.take(question, error)
            }
            progress.advance()
        }
        progress.clear()
        try EvaluationPrinter.print(report, output)
        try quarantine.finish()
    }
}
