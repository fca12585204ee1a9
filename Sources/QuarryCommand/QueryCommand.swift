import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask a question, or search.",
        usage: "quarry query [options] question",
        discussion: """
            The answer consists of sentences quoted from the documents, each with its file and lines. If no sentence \
            clearly answers the question, the exit code is 3. With --llm a language model of your choice writes the \
            answer from the same passages, and Quarry checks its citations. “query” can be omitted before a question \
            in quotes.

            Operators: "a phrase", +must, -without, start*, spelling~1, and title: heading: body: name: before a word.
            To search for one as text, put it in quotation marks: '"title:lease"'. A question is put in '…' then.

              quarry query "Who signs the lease?"
              quarry query who signs the lease
              quarry query --retrieve lease -k 20 --explain
              quarry query 'lease -draft "notice period"'
              quarry query --filter year=2026 "What is the rent?"
              quarry query --llm ollama/llama3 "Who signs the lease?"
              quarry query --batch questions.jsonl --run run.trec
            """)

    @Argument(help: ArgumentHelp("The question; - for standard input.", valueName: "question"))
    var words: [String] = []

    @OptionGroup(title: "Common options") var retrieving: RetrieveOption
    @OptionGroup var asking: QuestionOptions
    @OptionGroup(title: "Answer") var prompting: PromptOption
    @OptionGroup(title: "Conversation") var history: HistoryOptions
    @OptionGroup(title: "Output") var batches: BatchOptions

    private var output: OutputOptions { asking.output }
    private var retrieve: Bool { retrieving.retrieve }
    private var dryRun: Bool { prompting.dryRun }
    private var batch: String? { batches.batch }

    func validate() throws {
        if !words.isEmpty, words.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
            throw ValidationError("The question is empty.")
        }
        if batch != nil, !words.isEmpty { throw ValidationError("Use either a question or --batch, not both.") }
        if output.json, batches.jsonl { throw ValidationError("Use either --json or --jsonl, not both.") }
        if batches.run != nil, output.json { throw ValidationError(BatchOptions.runAndJSON) }
        if dryRun, retrieve || batch != nil {
            throw ValidationError("--dry-run needs one question, without --retrieve and --batch.")
        }
        if asking.search.transform != nil, dryRun || batches.run != nil {
            throw ValidationError(
                dryRun
                    ? "--dry-run sends nothing, so --transform has nothing to search for. Omit one of them."
                    : "--transform has no effect on --run. Omit one of them.")
        }
        if history.history != nil, batch != nil {
            throw ValidationError("--history needs one question, without --batch.")
        }
    }

    func run() async throws {
        // Not in `validate`, whose errors come before that of an unknown option.
        if batch == nil, words.isEmpty {
            throw ValidationError("Ask a question: quarry query \"…\". Or give a file of questions with --batch.")
        }
        let questions = try batch.map { try BatchQueries(path: $0, runPath: batches.run) }
        var options = asking.options
        options.generates = options.generates && !retrieve && !dryRun && batches.run == nil
        options.streams = showsPieces
        let session = try await asking.session(options)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        let limit = asking.passages.k
        if let questions {
            try await questions.run(session: session, limit: limit, retrieveOnly: retrieve, output: output)
            return
        }
        let text = try await words == ["-"] ? Self.standardInput() : words.joined(separator: " ")
        let conversation = try history.conversation()
        if dryRun {
            let question = conversation.standalone(text).text
            try PromptPrinter(prompt: PromptReply(try await session.prompt(for: question))).print(output)
            return
        }
        var reply =
            retrieve
            ? try await session.retrieve(conversation.standalone(text).text, limit: limit ?? 10)
            : try await answer(text, in: conversation, session)
        if !session.ledger.spending.entries.isEmpty { reply.spending = session.ledger.spending }
        output.noteSimilarQuestion(of: reply)
        for change in reply.switches ?? [] {
            output.note("note: \(change.to) answered instead of \(change.from): \(change.reason.visibleInLine)")
        }
        for warning in reply.shownWarnings { output.note(warning) }
        noteKeys(of: session.index, after: reply)
        if reply.finish == "length" {
            output.note(
                reply.isRussian
                    ? "Чтобы получить ответ целиком, увеличьте --answer-tokens."
                    : "For the rest of the reply, raise --answer-tokens.")
        }
        if output.json || batches.jsonl {
            try Console.print(JSONOutput.string(reply, pretty: output.json))
        } else {
            try ReplyPrinter(reply: reply, index: session.index.path, explains: batches.explain, isQuiet: output.quiet)
                .print()
        }
        if reply.refused == true { throw Termination.notInDocuments }
    }

    /// Names the keys that a filter can use, if it matched nothing.
    private func noteKeys(of index: CorpusIndex, after reply: QueryReply) {
        guard reply.warnings.contains(where: { $0.hasPrefix("No document matches the filter") }),
            let keys = try? index.metadataKeys(limit: 31)
        else { return }
        let shown = keys.prefix(30).joined(separator: ", ").visibleInLine + (keys.count > 30 ? ", …" : "")
        output.note(
            keys.isEmpty
                ? "note: no document of this index has metadata to filter by"
                : "note: the keys of this index are \(shown)")
    }

    /// Whether an answer is shown on a terminal while it is written.
    private var showsPieces: Bool {
        batch == nil && !output.json && !batches.jsonl && !output.quiet && Console.standardErrorIsTerminal
    }

    /// Answers. On a terminal a model's text is shown while it arrives, and again after its citations are checked.
    private func answer(
        _ text: String, in conversation: Conversation, _ session: QuerySession
    ) async throws -> QueryReply {
        var conversation = conversation
        let streams = session.isGenerating && showsPieces
        // Also after an incomplete reply.
        defer { if streams { Console.note("\n") } }
        return try await session.answer(text, in: &conversation, onStandalone: output.note) { piece in
            if streams { Console.note(piece, terminator: "") }
        }
    }

    private static func standardInput() async throws -> String {
        let bytes: [UInt8]
        do {
            bytes = try await StandardInput.read(maximumBytes: HybridRetriever.maximumQueryBytes).bytes
        } catch let error as Rejection {
            guard error.reason == .tooLarge else { throw error }
            throw CorpusError(
                .input,
                "The question on standard input is longer than \(HybridRetriever.maximumQueryBytes) bytes. Shorten it, or index the text and ask about it."
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CorpusError(
                .input, "The question on standard input is not valid UTF-8. Convert it first, for example with iconv.")
        }
        return text
    }
}

struct RetrieveOption: ParsableArguments {
    @Flag(help: "Show the best passages instead of an answer.")
    var retrieve = false
}

struct PromptOption: ParsableArguments {
    @Flag(help: "Print the prompt and its tokens, and send nothing.")
    var dryRun = false
}

/// Many questions, and how replies are printed.
struct BatchOptions: ParsableArguments {
    @Flag(help: "Print JSON Lines: one object per line.")
    var jsonl = false

    @Flag(help: "Show the rank and score of each search, by words (bm25) and by meaning (vector).")
    var explain = false

    @Option(
        help: ArgumentHelp(
            "Ask every question of a JSONL file ({\"_id\", \"text\"}). - reads JSONL from standard input and answers each line at once.",
            valueName: "file"), completion: .file())
    var batch: String?

    @Option(
        help: ArgumentHelp(
            "With --batch: write a TREC run of the documents found instead of JSON; - for standard output.",
            valueName: "file"), completion: .file())
    var run: String?

    static let runAndJSON = "--run writes a TREC run instead of JSON. Omit --json and --jsonl, or --run."

    func validate() throws {
        if run != nil, batch == nil { throw ValidationError("--run needs --batch.") }
        if run != nil, jsonl { throw ValidationError(Self.runAndJSON) }
    }
}
