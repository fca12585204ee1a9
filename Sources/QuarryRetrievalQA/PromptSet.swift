/// The texts of a "stuff" prompt in one language.
public struct PromptSet: Sendable, Hashable {
    /// The system message. Variables: `refusal`, `fence`. Without the fence it is the same for every question, so that
    /// a provider can cache it.
    public let system: PromptTemplate
    /// The user message. Variables: `passages` and `question`, both required; `fence`, required where the system message
    /// does not have it.
    public let user: PromptTemplate
    /// The engine's refusal sentence, which a model is also told to use.
    public let refusal: String

    /// - Throws: ``PromptError/unsuitableTemplate(role:missing:unknown:)`` if a template lacks a required variable or
    ///   contains an unknown one.
    public init(system: PromptTemplate, user: PromptTemplate, refusal: String) throws(PromptError) {
        let fence = ["fence"]
        let isFenced = system.variables.contains("fence")
        try PromptSet.check(system, role: "system", required: [], optional: ["refusal"] + fence)
        try PromptSet.check(
            user, role: "user", required: ["passages", "question"] + (isFenced ? [] : fence), optional: fence)
        self.init(checkedSystem: system, user: user, refusal: refusal)
    }

    /// Sets of the engine, whose variables also include `draft`.
    init(checkedSystem system: PromptTemplate, user: PromptTemplate, refusal: String) {
        self.system = system
        self.user = user
        self.refusal = refusal
    }

    private static func check(
        _ template: PromptTemplate, role: String, required: [String], optional: [String]
    ) throws(PromptError) {
        let missing = required.filter { !template.variables.contains($0) }
        let unknown = template.variables.filter { !required.contains($0) && !optional.contains($0) }
        guard missing.isEmpty && unknown.isEmpty else {
            throw .unsuitableTemplate(role: role, missing: missing, unknown: unknown)
        }
    }
}
