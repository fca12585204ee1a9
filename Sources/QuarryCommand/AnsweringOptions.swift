public import ArgumentParser
public import Quarry

extension Chain: ExpressibleByArgument {}

/// What writes the answer, and its limits.
struct AnsweringOptions: ParsableArguments {
    @OptionGroup var writing: WritingOptions

    @Option(
        help:
            "How a model reads the passages: stuff (all in one prompt), or one by one with refine (an answer that each improves), map-reduce (notes, then an answer from them) or map-rerank (the best supported of several answers), or in groups with tree (answers, then answers from them)."
    )
    var chain: Chain = .stuff

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Searches for a question whose parts are in different passages: 2 (the second search uses a name that the first found) or 1.",
            valueName: "count"))
    var hops = 2

    @Option(
        help: ArgumentHelp(
            "The texts of the prompt: default, classic, few-shot, or a file (see quarry prompt).", valueName: "prompt"))
    var prompt: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Answer only if confidence is at least this (0–1; fitted by default: 0.22, more for another script).",
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
        guard (1...2).contains(hops) else { throw ValidationError("--hops \(hops) is neither 1 nor 2.") }
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
}
