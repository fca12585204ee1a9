import ArgumentParser

/// The language model that writes an answer, summary or value, and its limits.
struct WritingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let a model write: provider/model, such as anthropic/claude-sonnet-5-5, or the address of an OpenAI-compatible server. Repeat it to add fallback models.",
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

    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum length of a reply of the model.", valueName: "tokens"))
    var answerTokens = 512

    func validate() throws {
        if llmModel != nil, llm.count != 1 { throw ValidationError("--llm-model needs one --llm with an address.") }
        guard !extractive || llm.isEmpty else { throw ValidationError("Use either --llm or --extractive, not both.") }
        guard budget >= 64 else {
            throw ValidationError("--budget \(budget) is too small for a prompt; the minimum is 64.")
        }
        guard answerTokens >= 1 else { throw ValidationError("--answer-tokens \(answerTokens) is not positive.") }
    }

    /// The models named on the command line; nil if there are none.
    var modelNames: [String]? {
        guard !llm.isEmpty else { return nil }
        return llm.map { name in llmModel.map { "\(name)#\($0)" } ?? name }
    }
}
