import ArgumentParser
import Foundation
import Quarry
import QuarryEvaluation
import QuarrySession

struct EvalChunkingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunking",
        abstract: "Measure how well chunkers and lengths keep answers together.",
        usage: "quarry eval chunking --queries file [options] input ...",
        discussion: """
            Cuts the documents in each way, searches for every question, and compares the best passages with the text that \
            answers it: recall, precision and IoU as in the study of chunking by Chroma (2024), and the share of answers that \
            are found whole. Nothing is stored.

            Questions are JSONL: {"_id", "text", "doc", "spans": [[start, end]]}, with spans in code points of the \
            document, or {"_id", "text", "doc", "quotes": ["…"]}. Documents are JSONL records ({"_id", "title", "text"}) or files.

              quarry eval chunking --queries q.jsonl corpus.jsonl
              quarry eval chunking --queries q.jsonl docs/guide.md --targets 100,200,400
            """)

    @Argument(help: "Files with the documents.", completion: .file())
    var inputs: [String]

    @Option(
        help: ArgumentHelp("Questions with their spans or quotes, as JSONL.", valueName: "file"), completion: .file())
    var queries: String

    @Option(
        help: ArgumentHelp("The document of each question, if the questions do not name it.", valueName: "file"),
        completion: .file())
    var qrels: String?

    @Option(
        help: ArgumentHelp(
            "Chunkers, separated by commas. The default is all; “semantic” needs --model.", valueName: "chunkers"))
    var chunkers: String?

    @Option(
        help: ArgumentHelp(
            "Usual lengths in tokens, separated by commas. The default is 100,200,300,400.", valueName: "tokens"))
    var targets = "100,200,300,400"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Overlap of consecutive passages; the default is 0.", valueName: "tokens"))
    var overlap = 0

    @Option(name: .customShort("k"), parsing: .unconditional, help: "Number of passages for a question.")
    var k = 5

    @Option(help: ArgumentHelp("The embedding model; the default is none (search by words only).", valueName: "model"))
    var model = "none"

    @OptionGroup(title: "Limits and connections of models") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.eval.chunking/1"
        var k: Int
        var model: String?
        var results: [ChunkingEvaluation]
    }

    private var strategies: [ChunkingStrategy] {
        get throws {
            guard let names = chunkers?.split(separator: ",") else {
                return ChunkingStrategy.allCases.filter { $0 != .semantic || model != "none" }
            }
            return try names.map { name in
                guard let strategy = ChunkingStrategy(argument: String(name)) else {
                    let known = ChunkingStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("“\(name)” is not a chunker. The chunkers are \(known).")
                }
                return strategy
            }
        }
    }

    private var lengths: [Int] {
        get throws {
            try targets.split(separator: ",").map { text in
                guard let length = Int(text), (1...ChunkingOptions.longest).contains(length) else {
                    throw ValidationError(
                        "--targets: “\(text)” is not a number of tokens from 1 to \(ChunkingOptions.longest).")
                }
                return length
            }
        }
    }

    func validate() throws {
        if k < 1 || k > 10_000 { throw ValidationError("-k \(k) is not between 1 and 10000.") }
        if !(0...ChunkingOptions.longest).contains(overlap) {
            throw ValidationError("--overlap \(overlap) is not between 0 and \(ChunkingOptions.longest).")
        }
        _ = (try strategies, try lengths)
    }

    func run() async throws {
        let settings = try service.settings()
        let services = service.services(settings, isQuiet: output.quiet)
        defer { if let spent = services.ledger.spending.summary { output.note(spent) } }
        let questions = try questions()
        let documents = try await documents(readers: settings.readers())
        let opened = model == "none" ? nil : try await services.embedder(model)
        var results: [ChunkingEvaluation] = []
        for strategy in try strategies {
            for length in try lengths {
                let result = try await measure(strategy, length, documents, questions, by: opened)
                results.append(result)
            }
        }
        if output.json {
            try Console.print(JSONOutput.string(Reply(k: k, model: opened?.name, results: results), pretty: true))
            return
        }
        try Console.print("\(Format.count(questions.count, "question")), \(k) passages each")
        try Console.print("chunker    target chunks tokens recall  prec.    IoU  whole")
        for result in results { try Console.print(Self.row(result)) }
    }

    /// The questions with spans or quotes, each with its document.
    private func questions() throws -> [SpanQuestion] {
        var questions = try EvaluationInput.spanQuestions(at: queries)
        if let qrels {
            let judgements = try EvaluationInput.judgements(at: qrels)
            for index in questions.indices where questions[index].document == nil {
                questions[index].document = judgements[questions[index].id]?.filter { $0.value > 0 }.keys.min()
            }
        }
        questions.removeAll { $0.spans.isEmpty && $0.quotes.isEmpty }
        guard !questions.isEmpty else {
            throw CorpusError(.input, "No question in \(queries) has “spans” or “quotes”.")
        }
        return questions
    }

    private func documents(readers: ReaderRegistry) async throws -> [EvaluationDocument] {
        var documents: [EvaluationDocument] = []
        for input in inputs {
            let source = try FoundFile(path: input, id: input).load(maximumBytes: FileWalker.defaultMaximumBytes)
            documents += try await EvaluationDocument.read(source, readers: readers)
        }
        return documents
    }

    private func measure(
        _ strategy: ChunkingStrategy, _ length: Int, _ documents: [EvaluationDocument], _ questions: [SpanQuestion],
        by model: ModelServices.OpenedEmbedder?
    ) async throws -> ChunkingEvaluation {
        var progress = CountLine(
            total: questions.count, unit: "questions (\(strategy.rawValue) \(length))", isQuiet: output.quiet)
        defer { progress.clear() }
        var chunking = IndexSettings.Chunking(
            strategy: strategy, target: length, maximum: length + length / 3, overlap: overlap)
        if let model { chunking = chunking.fitting(modelOf: model.embedder.fingerprint.maximumTokens) }
        return try await ChunkingEvaluation(
            chunking, documents: documents, questions: questions, model: model, limit: k
        ) { progress.advance() }
    }

    private static func row(_ result: ChunkingEvaluation) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let figures = [result.recall, result.precision, result.iou, result.whole].map {
            right(Format.decimal($0, digits: 4), 7)
        }
        return result.chunker.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
            + right("\(result.target)", 7) + right("\(result.chunks)", 7)
            + right(Format.decimal(result.tokens, digits: 0), 7) + figures.joined()
    }
}
