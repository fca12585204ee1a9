import ArgumentParser
import Foundation
import Quarry
import QuarrySession
import QuarryEvaluation

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure the quality of search and answers on your own questions.",
        discussion: """
            Ranks documents for every judged question. Reports nDCG@10, recall@10, recall@100 and MRR@10, each with a \
            95 % confidence interval (bootstrap over questions). Compares modes with a paired randomisation test.

              quarry eval --queries queries.jsonl --qrels qrels.tsv --modes bm25,vector,hybrid
              quarry eval --answers --queries queries.jsonl     # do the quotes contain the expected "answers"?
            """)

    @OptionGroup var file: IndexFileOptions
    @OptionGroup var search: SearchOptions
    @OptionGroup var answering: AnsweringOptions
    @OptionGroup var service: ServiceOptions
    @OptionGroup var output: OutputOptions

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

    @Option(help: ArgumentHelp("Use only this many questions, from the start of the file.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        guard answers || qrels != nil else {
            throw ValidationError("Give judgements with --qrels, or use --answers.")
        }
        guard !answers || qrels == nil else { throw ValidationError("Use either --qrels or --answers, not both.") }
        if let limit, limit < 1 { throw ValidationError("--limit \(limit) leaves no question to ask.") }
        try search.validate()
        try answering.validate()
        try service.validate()
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
            let session = try await QuerySession(
                path: file.path, search: search, answering: answering, service: service)
            defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
            try await AnswerEvaluation(session: session, path: queries, questions: questions, output: output).run()
            return
        }
        let judgements = try EvaluationInput.judgements(at: qrels ?? "")
        let read = questions.count
        questions = questions.compactMap { question in
            judgements.query(of: question.id).map { id in
                var question = question
                question.id = id
                return question
            }
        }
        guard !questions.isEmpty else {
            throw CorpusError(
                .input,
                "No question in \(queries) (\(read) read) has a judgement in \(qrels ?? ""). Both files must use the same ids."
            )
        }
        let index = try CorpusIndex.open(at: file.path, readOnly: true)
        let usual: [RetrievalOptions.Mode] = index.settings.embedding == nil ? [.bm25] : [.bm25, .vector, .hybrid]
        let chosen = try parsedModes() ?? usual
        var flags = SettingFlags()
        flags.rerank = Setting(search.reranker, flag: "--rerank")
        let settings = try service.settings(flags)
        let services = service.services(settings, isQuiet: output.quiet)
        defer { if let spent = services.ledger.spending.summary { output.note(spent) } }
        let embedder =
            chosen == [.bm25] ? nil : try await services.embedder(for: index.settings, override: search.model)?.embedder
        let reranker =
            if let name = settings.rerank?.value { try await services.reranker(name) } else { nil as (any Reranker)? }
        // Made before the first measurement, because the index may not support all modes.
        let retrievers = try chosen.map { mode in
            var options = search.options(for: index)
            options.mode = mode
            return try index.retriever(
                embedder: embedder, rerankers: search.rerankers(model: reranker), bm25: search.bm25, options: options)
        }
        var results: [ModeResult] = []
        var quarantine = QuestionQuarantine(path: queries, output: output)
        for retriever in retrievers {
            results.append(
                try await ModeResult(
                    mode: retriever.options.mode, retriever: retriever,
                    questions: questions, judgements: judgements, filter: search.filter, isQuiet: output.quiet,
                    quarantine: &quarantine))
        }
        try EvaluationPrinter(index: file.path, questions: questions.count, results: results).print(output)
        try quarantine.finish()
    }
}

/// The measurements of one mode.
struct ModeResult {
    static let metrics: [Metric] = [.ndcg(at: 10), .recall(at: 10), .recall(at: 100), .reciprocalRank(at: 10)]

    var mode: RetrievalOptions.Mode
    var reports: [MetricReport]
    /// Per question, without loading the embedding model.
    var medianMilliseconds: Double

    /// - Parameter quarantine: Collects the questions that cannot be asked. Their rankings are empty.
    init(
        mode: RetrievalOptions.Mode, retriever: HybridRetriever, questions: [EvaluationQuery], judgements: Judgements,
        filter: Filter?, isQuiet: Bool, quarantine: inout QuestionQuarantine
    ) async throws {
        self.mode = mode
        let progress = CountLine(total: questions.count, unit: "questions (\(mode.rawValue))", isQuiet: isQuiet)
        var run = Run(name: mode.rawValue)
        var times: [Double] = []
        for (number, question) in questions.enumerated() {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            do {
                let documents = try await retriever.documents(for: Query(question.text, filter: filter), limit: 100)
                times.append(start.milliseconds)
                for document in documents {
                    let id = judgements.document(of: document.id, for: question.id)
                    run.append(.init(document: id, score: document.score), for: question.id)
                }
            } catch {
                try quarantine.take(question, error)
            }
            progress.show(number + 1)
        }
        progress.clear()
        let asked = Set(questions.map(\.id))
        let judged = Judgements(judgements.grades.filter { asked.contains($0.key) })
        reports = Self.metrics.map { run.evaluate($0, against: judged) }
        times.sort()
        medianMilliseconds = times.isEmpty ? 0 : times[times.count / 2]
    }
}
