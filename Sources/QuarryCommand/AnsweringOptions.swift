import ArgumentParser

/// Who answers, and within which bounds.
struct AnsweringOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let a model write the answer: provider/model, such as anthropic/claude-sonnet-5-5, or the address of a server that speaks as OpenAI does. Repeat it for models to ask where those before fail.",
            valueName: "model"))
    var llm: [String] = []

    @Option(
        help: ArgumentHelp(
            "Name of the model on the server that --llm gives by address; the default is its first.",
            valueName: "name"))
    var llmModel: String?

    @Flag(help: "Quote the documents, also where the configuration names a model to write.")
    var extractive = false

    @Option(help: ArgumentHelp("Tokens a prompt may have in all.", valueName: "tokens"))
    var budget = 3_000

    @Option(help: ArgumentHelp("Tokens a generated answer may have.", valueName: "tokens"))
    var answerTokens = 512

    @Option(
        help: ArgumentHelp(
            "Refuse below this support, from 0 to 1. The default was fitted on judged questions.", valueName: "support")
    )
    var threshold: Double?

    @Flag(inversion: .prefixedNo, help: "Let the local model compare sentences with the question.")
    var compareSentences = true

    func validate() throws {
        if llmModel != nil, llm.count != 1 { throw ValidationError("--llm-model needs one --llm with an address.") }
        guard !extractive || llm.isEmpty else { throw ValidationError("Give either --llm or --extractive, not both.") }
        guard budget >= 64 else { throw ValidationError("--budget \(budget) is too small for a prompt.") }
        guard answerTokens >= 1 else { throw ValidationError("--answer-tokens \(answerTokens) is not positive.") }
        if let threshold, !(0...1).contains(threshold) {
            throw ValidationError("--threshold \(threshold) is not between 0 and 1.")
        }
    }
}

extension AnsweringOptions {
    /// The models that are named on the command line; nil where none is.
    var modelNames: [String]? {
        guard !llm.isEmpty else { return nil }
        return llm.map { name in llmModel.map { "\(name)#\($0)" } ?? name }
    }
}
