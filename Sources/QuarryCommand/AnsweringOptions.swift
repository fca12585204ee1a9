public import ArgumentParser
public import Quarry

extension Chain: ExpressibleByArgument {}

/// What writes the answer, and its limits.
struct AnsweringOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let a model write the answer: provider/model, such as anthropic/claude-sonnet-5-5, or the address of an OpenAI-compatible server. Repeat it to add fallback models.",
            valueName: "model"))
    var llm: [String] = []

    @Option(
        help: ArgumentHelp(
            "The model on the server whose address --llm gives; the default is the server's first model.",
            valueName: "name"))
    var llmModel: String?

    @Option(
        help:
            "How a model reads the passages: stuff (all in one prompt), or one by one with refine (an answer that each improves), map-reduce (notes, then an answer from them) or map-rerank (the best supported of several answers)."
    )
    var chain: Chain = .stuff

    @Option(
        help: ArgumentHelp(
            "The texts of the prompt: default, classic, few-shot, or a file (see quarry prompt).", valueName: "prompt"))
    var prompt: String?

    @Flag(help: "Quote the documents, even if the configuration names a language model.")
    var extractive = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum length of the prompt.", valueName: "tokens"))
    var budget = 3_000

    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum length of a generated answer.", valueName: "tokens"))
    var answerTokens = 512

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Answer only if confidence is at least this (0–1, default 0.22 with the local model).",
            valueName: "support"))
    var threshold: Double?

    @Option(
        help: ArgumentHelp(
            "Sentences of a model that no passage supports: take them out (drop), keep them without a marker and name them (mark), or refuse the answer (refuse).",
            valueName: "drop|mark|refuse"),
        transform: AnsweringOptions.unsupported)
    var unsupported = UnsupportedSentences.drop

    @Flag(inversion: .prefixedNo, help: "Rank sentences by meaning too (slower, better).")
    var compareSentences = true

    func validate() throws {
        if llmModel != nil, llm.count != 1 { throw ValidationError("--llm-model needs one --llm with an address.") }
        guard !extractive || llm.isEmpty else { throw ValidationError("Use either --llm or --extractive, not both.") }
        guard budget >= 64 else {
            throw ValidationError("--budget \(budget) is too small for a prompt; the minimum is 64.")
        }
        guard answerTokens >= 1 else { throw ValidationError("--answer-tokens \(answerTokens) is not positive.") }
        if let threshold, !(0...1).contains(threshold) {
            throw ValidationError("--threshold \(threshold) is not between 0 and 1.")
        }
    }
}

extension AnsweringOptions {
    private static func unsupported(_ name: String) throws -> UnsupportedSentences {
        guard let choice = UnsupportedSentences(rawValue: name) else {
            throw ValidationError("“\(name)” is none of drop, mark and refuse.")
        }
        return choice
    }

    /// The models named on the command line; nil if there are none.
    var modelNames: [String]? {
        guard !llm.isEmpty else { return nil }
        return llm.map { name in llmModel.map { "\(name)#\($0)" } ?? name }
    }
}
