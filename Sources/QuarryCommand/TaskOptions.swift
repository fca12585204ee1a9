import ArgumentParser
import Quarry
import QuarrySession

/// The index, the documents and the models of a task such as a summary.
struct TaskOptions: ParsableArguments {
    @OptionGroup(title: "Common options") var file: IndexFileOptions

    @Option(
        name: .customLong("filter"),
        help: ArgumentHelp(
            "Only documents with this metadata value. Repeatable; all filters must match.", valueName: "key=value"),
        transform: FilterArgument.init)
    var filters: [FilterArgument] = []

    @Option(
        help: ArgumentHelp(
            "Let a model do it: provider/model, or the address of an OpenAI-compatible server. Repeat it to add fallback models.",
            valueName: "model"))
    var llm: [String] = []

    @Option(
        help: ArgumentHelp(
            "The model on the server whose address --llm gives; the default is the server's first model.",
            valueName: "name"))
    var llmModel: String?

    @Flag(help: "Use no language model, even if the configuration names one.")
    var extractive = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum length of a prompt.", valueName: "tokens"))
    var budget = 3_000

    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum length of a reply.", valueName: "tokens"))
    var answerTokens = 512

    @Flag(inversion: .prefixedNo, help: "Compare texts by meaning, with the index's embedding model, and not by words.")
    var compareSentences = true

    @Option(
        help: ArgumentHelp(
            "Where to find the index's embedding model now, if it moved: a folder or the address of a server.",
            valueName: "model"))
    var model: String?

    @OptionGroup(title: "Models") var service: ServiceOptions

    func validate() throws {
        if llmModel != nil, llm.count != 1 { throw ValidationError("--llm-model needs one --llm with an address.") }
        guard !extractive || llm.isEmpty else { throw ValidationError("Use either --llm or --extractive, not both.") }
        guard budget >= 64 else {
            throw ValidationError("--budget \(budget) is too small for a prompt; the minimum is 64.")
        }
        guard answerTokens >= 1 else { throw ValidationError("--answer-tokens \(answerTokens) is not positive.") }
    }

    var filter: Filter? { filters.isEmpty ? nil : .all(filters.map(\.filter)) }

    /// Opens the index and its models.
    func session(_ output: OutputOptions) async throws -> QuerySession {
        let path = try file.existing()
        if path != file.written { output.note("note: the index is \(path)") }
        var options = QueryOptions()
        options.filter = filter
        options.model = model
        options.generates = !extractive
        options.promptTokens = budget
        options.answerTokens = answerTokens
        options.comparesSentences = compareSentences
        // Without comparisons no embedding model is needed.
        if !compareSentences { options.mode = .bm25 }
        var flags = SettingFlags()
        let names = llm.map { name in llmModel.map { "\(name)#\($0)" } ?? name }
        flags.llm = Setting(names.isEmpty ? nil : names, flag: "--llm")
        flags.model = Setting(model, flag: "--model")
        return try await service.session(path, options, flags, isQuiet: output.quiet)
    }

    /// The documents with the names, or all of them, that match the filter. Each once, in the order of the names.
    ///
    /// - Throws: ``CorpusError`` if a name fits no document, or no document is left.
    func documents(_ names: [String], of index: CorpusIndex) async throws -> [DocumentSummary] {
        let all = try await index.documents(matching: filter)
        guard !all.isEmpty else {
            throw CorpusError(
                .input,
                filter == nil
                    ? "The index \(index.path) holds no documents yet. To add some: \(IndexFileOptions.commandToFill(index.path))"
                    : "No document matches the filter.")
        }
        guard !names.isEmpty else { return all }
        let selection = DocumentSelection(documents: all)
        var seen: Set<String> = []
        return try names.flatMap { try selection.matching($0, in: index.path) }.filter { seen.insert($0.id).inserted }
    }
}
