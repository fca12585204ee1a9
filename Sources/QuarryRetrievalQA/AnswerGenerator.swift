public import QuarryCore

/// Where the text of answers comes from.
public enum AnswerGenerator: Sendable {
    /// The passages' own sentences.
    case extractive
    /// A language model that reads the passages in a prompt made by the assembler.
    case model(any LanguageModel, StuffAssembler)

    public var generator: Generator {
        switch self {
        case .extractive: .extractive
        case .model(let model, _): .model(model.name)
        }
    }
}
