/// The texts of one language that a "stuff" prompt is made of.
public struct PromptSet: Sendable, Hashable {
    /// The system message. Variables: `refusal`, `fence`. Without the fence it is the same for every question, so that a
    /// provider can keep what it made of it.
    public let system: PromptTemplate
    /// The user message. Variables: `passages` and `question`, both required; `fence`, required where the system message
    /// does not have it.
    public let user: PromptTemplate
    /// What the engine says when it refuses, and what a model is told to say.
    public let refusal: String

    /// - Throws: ``PromptError/unsuitableTemplate(role:missing:unknown:)`` where a template lacks a variable that it
    ///   needs or names one that nothing fills.
    public init(system: PromptTemplate, user: PromptTemplate, refusal: String) throws(PromptError) {
        let fence = ["fence"]
        let isFenced = system.variables.contains("fence")
        try PromptSet.check(system, role: "system", required: [], optional: ["refusal"] + fence)
        try PromptSet.check(
            user, role: "user", required: ["passages", "question"] + (isFenced ? [] : fence), optional: fence)
        self.init(checkedSystem: system, user: user, refusal: refusal)
    }

    private init(checkedSystem system: PromptTemplate, user: PromptTemplate, refusal: String) {
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
