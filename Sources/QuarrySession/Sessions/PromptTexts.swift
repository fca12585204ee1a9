package import Quarry

/// The texts of prompts.
package enum PromptTexts: Sendable, Encodable {
    case preset(PromptPreset)
    case file(PromptFile)

    /// Those of a preset, or of a file.
    ///
    /// - Throws: `PromptError` for a file that cannot be read as one.
    package init(file text: String, name: String) throws(PromptError) {
        self = .file(try PromptFile(text, name: name))
    }

    func assembler(budget: Int) -> StuffAssembler {
        var assembler = StuffAssembler(budget: budget)
        switch self {
        case .preset(let preset): assembler.preset = preset
        case .file(let file): assembler.prompts = file.prompts
        }
        return assembler
    }

    /// Equal texts have equal codes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .preset(let preset): try container.encode(preset)
        case .file(let file): try container.encode(file.prompts.identity)
        }
    }
}
