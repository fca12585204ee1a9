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

    @OptionGroup var writing: WritingOptions

    @Flag(inversion: .prefixedNo, help: "Compare texts by meaning, with the index's embedding model, and not by words.")
    var compareSentences = true

    @Option(
        help: ArgumentHelp(
            "Where to find the index's embedding model now, if it moved: a folder or the address of a server.",
            valueName: "model"))
    var model: String?

    @OptionGroup(title: "Models") var service: ServiceOptions

    var filter: Filter? { filters.isEmpty ? nil : .all(filters.map(\.filter)) }

    /// Opens the index and its models.
    func session(_ output: OutputOptions) async throws -> QuerySession {
        let path = try file.existing()
        if path != file.written { output.note("note: the index is \(path)") }
        var options = QueryOptions()
        options.filter = filter
        options.model = model
        options.generates = !writing.extractive
        options.promptTokens = writing.budget
        options.answerTokens = writing.answerTokens
        options.comparesSentences = compareSentences
        // Without comparisons no embedding model is needed.
        if !compareSentences { options.mode = .bm25 }
        var flags = SettingFlags()
        flags.llm = Setting(writing.modelNames, flag: "--llm")
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
