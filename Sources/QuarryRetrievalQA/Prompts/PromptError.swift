/// Why a prompt cannot be made.
public enum PromptError: Error, Sendable, Hashable {
    /// A `{` at this UTF-8 offset has no `}`.
    case unclosedPlaceholder(offset: Int)
    /// A `}` at this UTF-8 offset closes nothing.
    case strayBrace(offset: Int)
    /// The text between braces is not a name.
    case invalidName(String, offset: Int)
    /// Variables of the template without a value.
    case missingValues([String])
    /// Values without a variable in the template.
    case unknownValues([String])
    /// A template of a set lacks a required variable or contains an unknown one.
    case unsuitableTemplate(role: String, missing: [String], unknown: [String])
    /// A prompt file that cannot be read, with a line from 1.
    case malformedFile(line: Int, reason: String)
    /// Instructions and question alone exceed the budget.
    case budgetTooSmall(budget: Int, needed: Int)
}

extension PromptError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unclosedPlaceholder(let offset):
            "The { at byte \(offset) of the template has no }. Close it, or write {{ for a literal brace."
        case .strayBrace(let offset):
            "The } at byte \(offset) of the template has no matching {. Write }} for a literal brace."
        case .invalidName(let name, let offset):
            "\"\(name)\" at byte \(offset) of the template is not a variable's name. "
                + "Names are letters, digits and _; write {{ and }} for literal braces."
        case .missingValues(let names):
            "The template needs a value for \(names.joined(separator: ", ")). Add it to the values."
        case .unknownValues(let names):
            "The template has no variable \(names.joined(separator: ", ")). Remove the value, or add {name} to the text."
        case .unsuitableTemplate(let role, let missing, let unknown):
            "The \(role) template "
                + [
                    missing.isEmpty ? nil : "lacks " + missing.map { "{\($0)}" }.joined(separator: ", "),
                    unknown.isEmpty
                        ? nil : "uses unknown " + unknown.map { "{\($0)}" }.joined(separator: ", "),
                ].compactMap { $0 }.joined(separator: " and ") + "."
        case .malformedFile(let line, let reason): "Line \(line): \(reason)"
        case .budgetTooSmall(let budget, let needed):
            "Instructions and question need \(needed) tokens; the budget is \(budget). "
                + "Raise the budget to more than \(needed), or shorten the question."
        }
    }
}
