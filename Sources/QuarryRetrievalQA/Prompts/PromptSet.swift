import QuarryCore
import QuarryText

/// The texts of a prompt in one language, with their name and version.
public struct PromptSet: Sendable, Hashable {
    /// A question with the answer that a model should give.
    public struct Example: Sendable, Hashable, Codable {
        public var question: String
        public var answer: String

        public init(question: String, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    /// What says in a reply which texts were used.
    public struct Identity: Sendable, Hashable, Codable {
        public var name: String
        public var version: String
        /// SHA-256 of the templates, the refusal and the examples, in hexadecimal.
        public var sha256: String
    }

    /// The system message. Variables: `refusal`, `fence`, `examples`. Without the fence it is the same for every question, so
    /// that a provider can cache it.
    public let system: PromptTemplate
    /// The user message. Variables: `passages` (or `context`, the same) and `question`, both required; `fence`, required
    /// where the system message does not have it; `examples`.
    public let user: PromptTemplate
    /// The engine's refusal sentence, which a model is also told to use.
    public let refusal: String
    /// Of these, the most similar to the question take the place of the variable `examples`.
    public let examples: [Example]
    /// Sent after a reply that cannot be used; nil if it is not sent back.
    let retry: PromptTemplate?
    public let name: String
    public let version: String

    /// - Throws: ``PromptError/unsuitableTemplate(role:missing:unknown:)`` if a template lacks a required variable or
    ///   contains an unknown one, or no template shows the examples.
    public init(
        system: PromptTemplate, user: PromptTemplate, refusal: String, examples: [Example] = [],
        name: String = "custom",
        version: String = "1"
    ) throws(PromptError) {
        let optional = ["fence", "examples"]
        let isFenced = system.variables.contains("fence")
        let context = user.variables.contains("context") ? "context" : "passages"
        let shown = system.variables.contains("examples") || examples.isEmpty
        try PromptSet.check(system, role: "system", required: [], optional: ["refusal"] + optional)
        try PromptSet.check(
            user, role: "user",
            required: [context, "question"] + (isFenced ? [] : ["fence"]) + (shown ? [] : ["examples"]),
            optional: optional)
        self.init(
            checkedSystem: system, user: user, refusal: refusal, examples: examples, name: name, version: version)
    }

    /// Sets of the engine, with variables of their own.
    init(
        checkedSystem system: PromptTemplate, user: PromptTemplate, refusal: String = "", examples: [Example] = [],
        retry: PromptTemplate? = nil, name: String, version: String = "1"
    ) {
        self.system = system
        self.user = user
        self.refusal = refusal
        self.examples = examples
        self.retry = retry
        self.name = name
        self.version = version
    }

    /// - Complexity: O(length of the texts).
    public var identity: Identity {
        let texts =
            [system.text, user.text, refusal] + examples.flatMap { [$0.question, $0.answer] }
            + [retry?.text].compactMap { $0 }
        return Identity(
            name: name, version: version, sha256: ContentHash(of: texts.joined(separator: "\u{0}")).description)
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

    /// The most examples of a prompt.
    private static let shownExamples = 3

    /// The examples for a question, most similar last: models heed what is near the question. Similarity is the cosine of
    /// tf-idf.
    ///
    /// - Complexity: O(length of the examples).
    func examples(for question: String) -> String {
        guard !examples.isEmpty else { return "" }
        let reader = TermReader(TextAnalysis())
        let texts = [question] + examples.map(\.question)
        let vectors = TermVector.vectors(
            of: texts.map { text in
                reader.words(text).terms.filter { !reader.functionTerms.contains($0) }
            })
        let similarities = vectors.dropFirst().map { $0.cosine(to: vectors[0]) }
        let best = examples.indices.sorted {
            similarities[$0] != similarities[$1] ? similarities[$0] > similarities[$1] : $0 < $1
        }.prefix(PromptSet.shownExamples)
        let isRussian = QuestionLanguage(of: question) == .russian
        return best.reversed().map { index in
            let (q, a) = isRussian ? ("Вопрос", "Ответ") : ("Question", "Answer")
            return "\(q): \(examples[index].question)\n\(a): \(examples[index].answer)"
        }.joined(separator: "\n\n")
    }
}
