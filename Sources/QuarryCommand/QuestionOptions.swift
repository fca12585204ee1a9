import ArgumentParser
import Quarry
import QuarrySession

/// All options of a question, in groups: shared by `query` and `eval`.
struct QuestionOptions: ParsableArguments {
    @OptionGroup(title: "Common options") var file: IndexFileOptions
    @OptionGroup(title: "Common options") var passages: PassageOptions
    @OptionGroup(title: "Search") var search: SearchOptions
    @OptionGroup(title: "Answer") var answering: AnsweringOptions
    @OptionGroup(title: "Models") var models: SearchModelOptions
    @OptionGroup(title: "Models") var service: ServiceOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if search.transform != nil, answering.writing.extractive {
            throw ValidationError("--transform needs a language model, and --extractive uses none. Omit one of them.")
        }
    }

    /// The options for search and answers from the command line.
    var options: QueryOptions {
        var options = search.options
        options.rerankDepth = models.rerankDepth
        options.filter = passages.filters.isEmpty ? nil : .all(passages.filters.map(\.filter))
        options.model = models.model
        options.generates = !answering.writing.extractive
        options.limit = passages.k ?? options.limit
        options.chain = answering.chain
        options.maximumHops = answering.hops
        options.promptTokens = answering.writing.budget
        options.answerTokens = answering.writing.answerTokens
        options.threshold = answering.threshold
        options.unsupported = answering.unsupported
        options.comparesSentences = answering.compareSentences
        return options
    }

    /// Opens the index and its models.
    func session(_ options: QueryOptions) async throws -> QuerySession {
        var options = options
        if let prompt = answering.prompt { options.prompt = try PromptInput.texts(prompt) }
        let path = try file.existing()
        if path != file.written { output.note("note: the index is \(path)") }
        var flags = SettingFlags()
        flags.llm = Setting(answering.writing.modelNames, flag: "--llm")
        flags.rerank = Setting(models.reranker, flag: "--rerank")
        flags.readerModel = Setting(models.readerModel, flag: "--reader-model")
        flags.window = Setting(search.window, flag: "--window")
        flags.fusion = Setting(search.fusion?.fusion, flag: "--fusion")
        flags.model = Setting(models.model, flag: "--model")
        if let transform = search.transform, try service.settings(flags).llm == nil {
            throw CorpusError(
                .input, "--transform \(transform.rawValue) needs a language model. Name one with --llm.")
        }
        return try await service.session(path, options, flags, isQuiet: output.quiet)
    }
}

/// Which passages, and how many.
struct PassageOptions: ParsableArguments {
    @Option(
        name: .customShort("k", allowingJoined: true),
        parsing: .unconditional,
        help: "Number of passages; the default is 10 for a list of passages, 5 for an answer.")
    var k: Int?

    @Option(
        name: .customLong("filter"),
        help: ArgumentHelp(
            "Only documents with this metadata value. Repeatable; all filters must match.", valueName: "key=value"),
        transform: FilterArgument.init)
    var filters: [FilterArgument] = []

    func validate() throws {
        if let k, k < 1 || k > 10_000 { throw ValidationError("-k \(k) is not between 1 and 10000.") }
    }
}

/// The models of a search.
struct SearchModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to find the index's embedding model now, if it moved: a folder or the address of a server.",
            valueName: "model"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Model that re-ranks the best passages: provider/model, such as cohere/rerank-v4.0-fast, the address of a server, or the folder of a local cross-encoder.",
            valueName: "model"))
    var reranker: String?

    @Option(
        help: ArgumentHelp(
            "Folder of a local question-answering model that chooses the sentences of an answer.", valueName: "folder"))
    var readerModel: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Number of passages that the model re-ranks.", valueName: "count"))
    var rerankDepth = 50

    func validate() throws {
        guard rerankDepth >= 1, rerankDepth <= 10_000 else {
            throw ValidationError("--rerank-depth \(rerankDepth) is not between 1 and 10000.")
        }
    }
}
