public import QuarryCore

/// How the text of answers is made.
public enum AnswerGenerator: Sendable {
    /// Sentences of the passages, quoted.
    case extractive
    /// Text of a language model, which reads the passages in a prompt made by the assembler.
    case model(any LanguageModel, StuffAssembler)

    public var generator: Generator {
        switch self {
        case .extractive: .extractive
        case .model(let model, _): .model(model.name)
        }
    }
}
