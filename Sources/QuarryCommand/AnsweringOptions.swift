import ArgumentParser
import Foundation
import Quarry

/// Who answers, and within which bounds.
struct AnsweringOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let a model write the answer: base address of an OpenAI-compatible server. Its key, if any, is read from QUARRY_LLM_API_KEY.",
            valueName: "url"))
    var llm: String?

    @Option(help: ArgumentHelp("Name of the model on that server; the default is its first.", valueName: "name"))
    var llmModel: String?

    @Option(help: ArgumentHelp("Tokens a prompt may have in all.", valueName: "tokens"))
    var budget = 3_000

    @Option(help: ArgumentHelp("Tokens a generated answer may have.", valueName: "tokens"))
    var maxTokens = 512

    @Option(
        help: ArgumentHelp(
            "Refuse below this support, from 0 to 1. The default was fitted on judged questions.", valueName: "support")
    )
    var threshold: Double?

    @Flag(inversion: .prefixedNo, help: "Let the local model compare sentences with the question.")
    var compareSentences = true

    func validate() throws {
        if llmModel != nil, llm == nil { throw ValidationError("--llm-model needs --llm.") }
        guard budget >= 64 else { throw ValidationError("--budget \(budget) is too small for a prompt.") }
        guard maxTokens >= 1 else { throw ValidationError("--max-tokens \(maxTokens) is not positive.") }
        if let threshold, !(0...1).contains(threshold) {
            throw ValidationError("--threshold \(threshold) is not between 0 and 1.")
        }
    }
}

extension AnsweringOptions {
    /// Who writes the answers: the engine itself, or the model named by `--llm`.
    func generator(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> AnswerGenerator {
        guard let llm else { return .extractive }
        let key = environment["QUARRY_LLM_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let model =
            if let llmModel {
                try OpenAICompatibleLanguageModel(baseURL: llm, model: llmModel, apiKey: key)
            } else {
                try await OpenAICompatibleLanguageModel.discovered(at: llm, apiKey: key)
            }
        return .model(model, StuffAssembler(budget: budget))
    }
}
